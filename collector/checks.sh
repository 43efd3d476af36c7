# What a value may be: `run` reads this file. Each check takes a variable's name, and ends `run` with
# one line and exit code 2 where the value is another. What is not set passes.
# shellcheck shell=sh

die() {
    printf 'labotel-collector: %s\n' "$1" >&2
    exit 2
}

warn() {
    printf 'labotel-collector: warning: %s\n' "$1" >&2
}

value_of() {
    eval "printf '%s' \"\${$1:-}\""
}

# What stands before an @ is often a password.
wrong() { # variable, what it must do
    wrong_is=$(value_of "$1")
    case $wrong_is in *@*) wrong_is=… ;; esac
    die "$1 is '$wrong_is', and must $2"
}

# The Collector would take an empty value in place of its default.
one_line() {
    eval "one_line_is=\${$1:-}"
    case $one_line_is in
        '') unset "$1" ;;
        *[[:cntrl:]]*) die "$1 has a line end or another control character, and must be one line" ;;
    esac
}

number() { # variable, the least, the most
    number_is=$(value_of "$1")
    case $number_is in
        '') return 0 ;;
        *[!0-9]* | 0?* | ??????????*) ;;
        *) if [ "$number_is" -ge "$2" ] && [ "$number_is" -le "$3" ]; then return 0; fi ;;
    esac
    wrong "$1" "be a whole number from $2 to $3"
}

percent() {
    percent_is=$(value_of "$1")
    case $percent_is in
        '' | 100 | 100.0) return 0 ;;
        *[!0-9.]* | *.*.* | .* | *. | 0[0-9]* | ??????????*) ;;
        *) if [ "${percent_is%.*}" -lt 100 ]; then return 0; fi ;;
    esac
    wrong "$1" "be a number from 0 to 100"
}

# Without a unit the Collector would read nanoseconds.
duration() { # variable, the most in minutes where there is one
    duration_is=$(value_of "$1")
    duration_unit=0
    case $duration_is in
        '') return 0 ;;
        *ms) duration_number=${duration_is%ms} duration_unit=1 ;;
        *s) duration_number=${duration_is%s} duration_unit=1000 ;;
        *m) duration_number=${duration_is%m} duration_unit=60000 ;;
        *h) duration_number=${duration_is%h} duration_unit=3600000 ;;
    esac
    case ${duration_number:-} in '' | *[!0-9]* | 0* | ???????*) duration_number=0 ;; esac
    duration_ms=$((duration_number * duration_unit))
    [ "$duration_ms" -ge 100 ] ||
        wrong "$1" "be a whole number and its unit, 100ms or longer, as in 15s, 500ms or 1m"
    if [ -n "${2:-}" ] && [ "$duration_ms" -gt $(($2 * 60000)) ]; then wrong "$1" "be ${2}m or shorter"; fi
}

true_or_false() {
    case $(value_of "$1") in
        '' | true | false) ;;
        *) wrong "$1" "be true or false" ;;
    esac
}

switched_on() {
    case $(value_of "$1") in
        '' | 0) return 1 ;;
        1) return 0 ;;
        *) wrong "$1" "be 1 (on) or 0 (off)" ;;
    esac
}

# Sets host and port; false where it is not `host:port`.
parts() {
    host=$(printf '%s' "${1%:*}" | tr '[:upper:]' '[:lower:]')
    port=${1##*:}
    case $1 in *:*) ;; *) return 1 ;; esac
    case $host in
        '['*[!0-9a-z:.%]*']' | '[]') return 1 ;;
        '['*']') ;;
        *[!0-9a-z._-]*) return 1 ;;
    esac
    case $port in '' | *[!0-9]* | 0* | ??????*) return 1 ;; esac
    [ "$port" -le 65535 ]
}

address() { # variable, its default
    address_is=$(value_of "$1")
    address_is=${address_is:-$2}
    parts "$address_is" || wrong "$1" "be an address and a port from 1 to 65535, as in $2"
    case $1:$host in
        *_ENDPOINT:) wrong "$1" "name a host before its port, as in $2" ;;
    esac
}

host_name() {
    case $(value_of "$1") in
        *[!A-Za-z0-9._-]*) wrong "$1" "be the name of a host" ;;
    esac
}

instance() {
    case $(value_of "$1") in
        *[!A-Za-z0-9._:/-]*) wrong "$1" "be a name of letters, digits and . _ : / -" ;;
    esac
}

# Sets host and port, of a URL that may leave its port out.
url_parts() {
    case $1 in https:*) url_port=443 ;; *) url_port=80 ;; esac
    url_host=${1#*://}
    url_host=${url_host%%[/?]*}
    case $url_host in
        '['*']') url_host=$url_host:$url_port ;;
        *:*) ;;
        *) url_host=$url_host:$url_port ;;
    esac
    parts "$url_host" && [ -n "$host" ]
}

# What a URL must do and does not; nothing where all is well.
url_must() {
    case $1 in
        http://?* | https://?*) ;;
        *) echo "begin with http:// or https://" && return ;;
    esac
    case $1 in
        *[!][A-Za-z0-9:/.%?=\&,+_~-]*) echo "have letters, digits and . _ ~ : / % = & , + - alone" && return ;;
    esac
    url_parts "$1" || echo "name a host and, where it has one, a port from 1 to 65535"
}

without_user() {
    case $(value_of "$1") in
        *@*) die "$1 has an @, and must be without a user and a password: the Collector would print them" ;;
    esac
}

# The configuration adds a path to it: a slash at the end would be one too many.
url() {
    url_is=$(value_of "$1")
    [ -n "$url_is" ] || return 0
    without_user "$1"
    url_fault=$(url_must "$url_is")
    [ -z "$url_fault" ] || wrong "$1" "$url_fault"
    case $1:$url_is in
        NGINX_STATUS_URL:*) ;;
        *'?'*) wrong "$1" "be without a ?: a path is added to it" ;;
    esac
    while [ "${url_is%/}" != "$url_is" ]; do url_is=${url_is%/}; done
    export "$1=$url_is"
}

# Several of them, between commas or blanks, become a list. Two that differ only behind the ? would be
# one series that contradicts itself: what stands there is in no metric.
urls() {
    urls_are=$(value_of "$1")
    [ -n "$urls_are" ] || return 0
    without_user "$1"
    case $urls_are in '['*']') urls_are=${urls_are#?} urls_are=${urls_are%?} ;; esac
    urls_list=
    urls_known=' '
    set -f # a ? is no pattern here
    for urls_one in $(printf '%s' "$urls_are" | tr ',' ' '); do
        urls_told=${urls_one%%\?*} # what stands behind it may be a secret
        url_fault=$(url_must "$urls_one")
        [ -z "$url_fault" ] || die "$1 has '$urls_told', and each URL there must $url_fault"
        case $urls_known in
            *" $urls_told "*) die "$1 has '$urls_told' twice, and must name each URL once; what stands behind a ? makes no other of it" ;;
        esac
        urls_known="$urls_known$urls_told "
        urls_list="$urls_list${urls_list:+, }\"$urls_one\""
    done
    set +f
    [ -n "$urls_list" ] || wrong "$1" "name a URL, or several with commas between them"
    export "$1=[$urls_list]"
}

docker_endpoint() {
    case $(value_of "$1") in
        *[!A-Za-z0-9:/.%_-]*) ;;
        '' | unix:///?* | tcp://?* | http://?* | https://?*) return 0 ;;
    esac
    wrong "$1" "begin with unix:///, tcp://, http:// or https://"
}

# Log files are patterns: in a folder's name * would be many folders.
path() {
    case $(value_of "$1") in
        *[][*?{}\\\$]*) ;;
        '' | /*) return 0 ;;
    esac
    wrong "$1" "be a path from / on, without * ? [ ] { } \\ and \$"
}

readable() { # variable, -d (a folder) or -f (a file)
    readable_is=$(value_of "$1")
    if [ ! -r "$readable_is" ]; then
        die "$1 is '$readable_is', which is not there or cannot be read by $(user)"
    fi
    case $2 in
        -d) [ -d "$readable_is" ] || wrong "$1" "be a folder" ;;
        -f) [ ! -d "$readable_is" ] || wrong "$1" "be a file" ;;
    esac
}

certificates() {
    readable "$1" -f
    grep -q -e '-BEGIN CERTIFICATE-' "$(value_of "$1")" || wrong "$1" "be a file of certificates in PEM"
}

user() {
    user_is=$(id -un 2>/dev/null) || user_is="user $(id -u)"
    printf '%s' "$user_is"
}

# What the Collector does not know it takes for UTC, without a word.
time_zone() {
    zone_is=$(value_of "$1")
    zone_is=${zone_is#:}
    case $zone_is in
        '' | UTC | UTC0) return 0 ;;
        /*) [ ! -f "$zone_is" ] || return 0 ;;
        *) if [ -f "/usr/share/zoneinfo/$zone_is" ] || [ -f "/etc/zoneinfo/$zone_is" ]; then return 0; fi ;;
    esac
    wrong "$1" "be a time zone that this machine knows, as in Europe/Berlin"
}

attributes() {
    attributes_rest=$(value_of "$1")
    case $attributes_rest in
        *[!\ -~]* | *%[!0-9A-Fa-f]* | *%?[!0-9A-Fa-f]* | *% | *%?) attributes_rest=none ;;
    esac
    while [ -n "$attributes_rest" ]; do
        case ${attributes_rest%%,*} in
            [!=]*=*) ;;
            *) wrong "$1" "be names and values in ASCII, as in host.name=web-1,team=caf%C3%A9" ;;
        esac
        case $attributes_rest in
            *,*) attributes_rest=${attributes_rest#*,} ;;
            *) attributes_rest= ;;
        esac
    done
}

# In quotes: a name may be a number.
list() {
    list_rest=$(value_of "$1")
    case $list_rest in
        '' | '[]') return 0 ;;
        '['*']') list_rest=${list_rest#?} list_rest=${list_rest%?} ;;
    esac
    list_rest=$list_rest,
    list_quoted=
    while [ -n "$list_rest" ]; do
        list_one=${list_rest%%,*}
        list_rest=${list_rest#*,}
        while [ "${list_one# }" != "$list_one" ]; do list_one=${list_one# }; done
        while [ "${list_one% }" != "$list_one" ]; do list_one=${list_one% }; done
        case $list_one in
            '' | *[][\ \'\"\\\$\{\}]*) wrong "$1" "be names, as in [one, two]" ;;
        esac
        list_quoted="$list_quoted${list_quoted:+, }\"$list_one\""
    done
    export "$1=[$list_quoted]"
}

# The Collector reads a value as YAML, in which 12 is no text and `a: b` is a mapping. `${yaml:}` is
# nothing; a value that has it before itself and after each colon is a text. `$$` is read as one `$`.
as_it_is() {
    as_it_is=$(value_of "$1" | sed -e 's/[$]/$$/g' -e 's/:/:${yaml:}/g')
    if [ -n "$as_it_is" ]; then export "$1=\${yaml:}$as_it_is"; fi
}

# The receiver puts it into a connection string, where a blank would end it.
as_postgresql_has_it() {
    if [ -n "$(value_of "$1")" ]; then
        export "$1='$(value_of "$1" | sed "s/[\\\\']/\\\\&/g")'"
        as_it_is "$1"
    fi
}
