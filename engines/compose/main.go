// compose-config reads compose files as `docker compose config` does, without Docker, and prints the
// project that they make as JSON.
//
// All that is said of a file comes from compose-go, which docker compose itself is made of: what is
// refused here is refused there, in the same words. This program only asks it for what docker compose
// asks it for. One thing differs: `$` stays `$`, as what is printed is not a compose file again.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

// list is a flag that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, ", ") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func main() {
	var files, envFiles, profiles list
	flag.Var(&files, "f", "a compose `FILE`; each is laid over those before it")
	flag.Var(&envFiles, "env-file", "a `FILE` of variables, instead of .env in the project's directory")
	flag.Var(&profiles, "profile", "a profile `P` whose services are wanted, too")
	directory := flag.String("project-directory", "", "the `FOLDER` of relative paths (the first file's)")
	flag.Parse()
	if flag.NArg() > 0 || len(files) == 0 {
		fmt.Fprintf(os.Stderr, "compose files are given with -f, one at least; and nothing else: %q\n", flag.Args())
		os.Exit(2)
	}
	project, err := config(files, envFiles, profiles, *directory)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(project))
}

// config returns the project as JSON.
func config(files, envFiles, profiles []string, directory string) ([]byte, error) {
	options, err := cli.NewProjectOptions(files,
		cli.WithWorkingDirectory(directory),
		// Before the env files: where both have a variable, the process's counts.
		cli.WithOsEnv,
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		// After them: COMPOSE_PROFILES may stand there, and counts where no flag is given.
		cli.WithDefaultProfiles(profiles...),
		// What a service's env_file says is shown as its environment, and what nobody uses is left out.
		cli.WithDiscardEnvFile,
		cli.WithoutUnnecessaryResources,
	)
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	// The one check that is not part of loading.
	if err := project.CheckContainerNameUnicity(); err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}
