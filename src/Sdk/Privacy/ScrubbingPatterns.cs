namespace TelemetryKit.Privacy;

/// <summary>
/// The rules of <c>spec/scrubbing.json</c>, version 1, in the same order. A test compares the two.
/// </summary>
internal static class ScrubbingPatterns
{
    // The names of secrets in upper and lower case, because the specification's regexes have no flags.
    private const string Secret =
        "(?:[Pp][Aa][Ss][Ss](?:[Ww][Oo][Rr][Dd]|[Ww][Dd]|[Pp][Hh][Rr][Aa][Ss][Ee])|[Pp][Ww][Dd]|(?:[Aa][Pp][I" +
        "i]|[Aa][Cc][Cc][Ee][Ss][Ss]|[Aa][Cc][Cc][Oo][Uu][Nn][Tt]|[Pp][Rr][Ii][Vv][Aa][Tt][Ee]|[Ss][Ee][Cc][R" +
        "r][Ee][Tt]|[Ss][Ii][Gg][Nn][Ii][Nn][Gg]|[Ss][Hh][Aa][Rr][Ee][Dd])[_-]?[Kk][Ee][Yy]|[Ss][Ee][Cc][Rr][" +
        "Ee][Tt]|[Tt][Oo][Kk][Ee][Nn])";

    public static Pattern[] Create() =>
    [
        new("pem_block", "[key]", "-----BEGIN [A-Z0-9 ]{1,64}-----[\\s\\S]*"),
        new(
            "jwt", "[token]",
            "eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]+)?",
            notBefore: "A-Za-z0-9_-",
            check: Checks.Digit),
        new(
            "known_token", "[token]",
            "(?:gh[oprsu]_|github_pat_|glpat-|npm_|pypi-|hf_|xox[a-z]-|sk-ant-|sk-proj-|[prs]k_live_|[prs]k_t" +
            "est_|tk_live_|tk_test_|tk_read_|whsec_|dop_v1_|shpat_|AIza|AKIA|ASIA)[A-Za-z0-9_-]{16,}",
            notBefore: "A-Za-z0-9_-",
            check: Checks.Digit),
        new(
            "authorization", "[token]",
            "(?:[Bb]earer|[Bb]asic) {1,3}([A-Za-z0-9._~+/-]{16,}=*)",
            notBefore: "A-Za-z0-9_",
            check: Checks.Digit),
        new("url_credentials", "[token]", "://([^\\x00-\\x20\"'<>/?#@\\[\\]\\\\]+)@"),
        new("assigned_secret", "[key]", Secret + "[\"']? ?= ?[\"']?([^\\x00-\\x20\"\\'&;,=\\[\\]][^\\x00-\\x20\"\\'&;,]*)"),
        new(
            "named_secret", "[key]",
            Secret + "[\"']?: ?[\"']?([^\\x00-\\x20\"\\'&;,=\\[\\]][^\\x00-\\x20\"\\'&;,]{7,199})",
            check: Checks.Digit),
        new("option_secret", "[key]", "--" + Secret + " {1,3}[\"']?([^\\x00-\\x20\"'&;,=\\[\\]-][^\\x00-\\x20\"\\'&;,]*)"),
        new(
            "home_windows_spaced", "[home]",
            "([A-Za-z]:[\\\\/]{1,2}[Uu][Ss][Ee][Rr][Ss][\\\\/]{1,2}[^\\x00-\\x1f\\\\/:*?\"<>|]{1,64})[\\\\/]",
            notBefore: "A-Za-z0-9_"),
        new(
            "home_windows", "[home]",
            "[A-Za-z]:[\\\\/]{1,2}[Uu][Ss][Ee][Rr][Ss][\\\\/]{1,2}[^\\x00-\\x20\\\\/:*?\"<>|'(),;\\[\\]]+",
            notBefore: "A-Za-z0-9_"),
        new(
            "home_unix", "[home]",
            "(?:/mnt/[a-z]|/cygdrive/[a-z]|/[a-z]|/var|/usr|/export|/private)?/(?:home|Users)/[^\\x00-\\x20\\\\/:" +
            ";,\"'<>|*?()\\[\\]{}]+",
            notBefore: "A-Za-z0-9_.~-"),
        new("home_tilde", "[home]", "(~[a-z_][a-z0-9_-]{0,31})[\\\\/]", notBefore: "A-Za-z0-9_"),
        new(
            "email", "[email]",
            "[^\\x00-\\x24\\x26-\\x2a\\x2c\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7f]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+",
            notBefore: "^\\x00-\\x24\\x26-\\x2a\\x2c\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7f",
            check: Checks.Email),
        new(
            "ipv6", "[ip]",
            "(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?:\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})?|(?:[0-9A-Fa-" +
            "f]{1,4}:){1,7}:",
            notBefore: "A-Za-z0-9_:.",
            notAfter: "A-Za-z0-9_",
            check: Checks.Ipv6),
        new(
            "mac", "[mac]",
            "[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})",
            notBefore: "A-Za-z0-9_:-",
            notAfter: "A-Za-z0-9_"),
        new("ipv4", "[ip]", "[0-9]+(?:\\.[0-9]+)+", notBefore: "A-Za-z0-9_.", notAfter: "A-Za-z0-9_", check: Checks.Ipv4),
        new(
            "phone_international", "[phone]",
            "\\+[1-9](?:[ .()/-]{0,2}[0-9]){7,14}",
            notBefore: "A-Za-z0-9_+",
            notAfter: "A-Za-z_"),
        new(
            "phone_national", "[phone]",
            "\\([2-9][0-9]{2}\\) ?[0-9]{3}[ .-][0-9]{4}|(?:1-)?[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}|0[1-9](?:[ .-][0" +
            "-9]{2}){4}|0[1-9][0-9]{1,4}[ /-][0-9]{3,8}(?:[ -][0-9]{3,8})?",
            notBefore: "A-Za-z0-9_.+-",
            notAfter: "A-Za-z0-9_",
            check: Checks.Phone),
        new(
            "card", "[card]",
            "[2-6][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}|3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5}|[2-6][0-" +
            "9]{12,18}",
            notBefore: "A-Za-z0-9_.",
            notAfter: "A-Za-z0-9_",
            check: Checks.Luhn),
        new("random_token", "[token]", "[A-Za-z0-9+/_-]{32,}={0,2}", notBefore: "A-Za-z0-9_+/-", check: Checks.Random),
    ];
}
