// compose-go is what docker compose itself reads its files with. The rest of this file is written
// where the reader is built.
module labotel/engines/compose

go 1.24.0

require github.com/compose-spec/compose-go/v2 v2.16.2
