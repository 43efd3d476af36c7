# What a secret must be; ./init looks at those in .env, and the service `guard` at those that the
# services are given, before any of them starts.

# Tells what is wrong with a secret (its name, its value), and fails.
check_secret() {
    case $(printf %s "$2" | tr A-Z a-z) in
        '') echo "$1 is empty: ./init makes one" ;;
        *[!a-z0-9_-]*) echo "$1 must be of A-Z a-z 0-9 _ - alone, as a dollar, a colon or a blank means something to those who read it: empty it in .env, and ./init makes one" ;;
        *change* | *example* | *password* | *secret* | *12345678*) echo "$1 is an example's: empty it in .env, and ./init makes one" ;;
        ????????????????*) return 0 ;;
        *) echo "$1 has ${#2} characters; allowed: 16 or more. Empty it in .env, and ./init makes one" ;;
    esac
    return 1
}

# Looks at every variable that is called as a secret is.
check_secrets() {
    bad=0
    for name in $(env | sed -n 's/^\([A-Z_]*_\(PASSWORD\|TOKEN\|KEY\)\)=.*/\1/p'); do
        eval "secret=\${$name}"
        check_secret "$name" "$secret" >&2 || bad=1
    done
    return $bad
}
