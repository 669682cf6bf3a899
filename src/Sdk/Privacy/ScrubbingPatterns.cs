namespace TelemetryKit.Privacy;

/// <summary>
/// The rules of <c>spec/scrubbing.json</c>, version 3, in the same order. A test compares the two.
/// </summary>
internal static class ScrubbingPatterns
{
    // The names of passwords and keys, and those of all secrets.
    private const string PasswordNames =
        "pass(?:word|wort|wd|phrase)|pwd|(?:api|access|account|private|secret|signing|shared|encryption|auth|" +
        "master|client|webhook)[_-]?key";

    private const string Password = "(?:" + PasswordNames + ")";

    // Passwords in other languages. A colon after one of them is often followed by a sentence, as after secret and token.
    private const string ForeignNames =
        "kennwort|mot[ _-]?de[ _-]?passe|contrase(?:ñ|Ñ|n)a|senha|wachtwoord|has(?:ł|Ł|l)o|heslo|passord|(?:п|П)ароль|密码|密碼|" +
        "パスワード|비밀번호";

    private const string Secret = "(?:" + PasswordNames + "|secret|token|" + ForeignNames + ")";

    private const string Blanks = "[\\x09\\x0a\\x0d ]{1,8}";

    // A quotation mark, which may be escaped.
    private const string Quote = "(?:\\\\{0,2}[\"'])?";

    // Further names of a user: words that start with a capital letter or one that isn't ASCII.
    private const string MoreNames =
        "(?: [^\\x00-\\x40\\x5b-\\x7f][^\\x00-\\x20\\\\/:*?\"<>|'(),;\\[\\]]{0,63}){0,2}";

    public static Pattern[] Create() =>
    [
        new(
            "pem_block", "[key]",
            "-----BEGIN [A-Z0-9 ]{1,64}-----[\\s\\S]*"),
        new(
            "jwt", "[token]",
            "eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]+)?",
            notBefore: "A-Za-z0-9_-",
            check: Checks.Digit),
        new(
            "known_token", "[token]",
            "(?:gh[oprsu]_|github_pat_|gl(?:pat|dt|rt|ptt|ft|cbt|soat|imt|agent)-|xox[a-z]-|xapp-|sk-(?:ant|proj|" +
            "svcacct|admin|or)-|[prs]k_(?:live|test)_|tk_(?:live|test|read|pat)_|whsec_|do[opr]_v1_|shp(?:at|ca|p" +
            "a|ss)_|dckr_[op]at_|rubygems_|glsa_|lin_api_|PMAK-|NRAK-|sntry[su]_|figd_|xkeysib-|gsk_|sq0(?:atp|cs" +
            "p)-|GOCSPX-|AGE-SECRET-KEY-|AT[AC]TT3|AIza|AKIA|ASIA)[A-Za-z0-9_-]{16,}|(?:npm_|hf_|pypi-|oy2|r8_|sb" +
            "p_|sk-)[A-Za-z0-9_-]{32,}",
            notBefore: "A-Za-z0-9_-",
            check: Checks.Digit),
        new(
            "service_token", "[token]",
            "SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}|(?:bot)?[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}|[MNO][A-Za-z0-" +
            "9_-]{22,}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,}|(?:hv[bs]|ya29)\\.[A-Za-z0-9_-]{16,}|1//0[A-Za-z0-" +
            "9_-]{32,}|(?:key-|SK|AC)[0-9a-f]{32}",
            notBefore: "A-Za-z0-9_-",
            notAfter: "A-Za-z0-9_-",
            check: Checks.Digit),
        new(
            "webhook", "[token]",
            "(?:hooks\\.slack\\.com/(?:services|workflows|triggers)|discord(?:app)?\\.com/api/webhooks|webhook\\." +
            "office\\.com/webhookb2)/([A-Za-z0-9@/_-]{16,})"),
        new(
            "authorization", "[token]",
            "(?:bearer|basic) {1,3}([A-Za-z0-9._~+/-]{16,}=*)",
            notBefore: "A-Za-z0-9_",
            check: Checks.Digit,
            ignoreCase: true),
        new(
            "authorization_header", "[token]",
            "authorization" + Quote + " ?[:=] ?" + Quote + "(?:[a-z]{2,16} )?([A-Za-z0-9._~+/-]{8,}=*)",
            check: Checks.Digit,
            ignoreCase: true),
        new(
            "cookie", "[token]",
            "cookie" + Quote + ": ?" + Quote + "([A-Za-z0-9_.-]{1,64}=[^\\x00-\\x20\"'\\[][^\\x00-\\x1f\"']*)",
            ignoreCase: true),
        new(
            "url_credentials", "[token]",
            "://([^\\x00-\\x20\"'<>/?#@\\[\\]\\\\]+)@",
            check: Checks.Account),
        new(
            "netrc", "[key]",
            "machine" + Blanks + "[^\\x00-\\x20]{1,128}" + Blanks + "login" + Blanks + "[^\\x00-\\x20]{1,128}" + Blanks + "password" +
            Blanks + "([^\\x00-\\x20\"'\\[][^\\x00-\\x20\"']*)",
            notBefore: "A-Za-z0-9_"),
        new(
            "command_password", "[key]",
            "(?:mysql|mariadb)[a-z_-]{0,16}(?: {1,3}(?:-[^\\x00-\\x20p]|[^\\x00-\\x20-])[^\\x00-\\x20]{0,63}){0,8} {1,3}-p[\"']?" +
            "([^\\x00-\\x20\"'\\[][^\\x00-\\x20\"']*)",
            notBefore: "A-Za-z0-9_",
            check: Checks.Secret),
        new(
            "assigned_secret", "[key]",
            Secret + Quote + " ?:?=>? ?" + Quote + "([^\\x00-\\x20\"'&;,=>\\[\\]\\\\][^\\x00-\\x20\"'&;,]*)",
            check: Checks.Secret,
            ignoreCase: true),
        new(
            "named_secret", "[key]",
            Secret + Quote + " ?: ?" + Quote + "([^\\x00-\\x20\"'&;,=>\\[\\]\\\\][^\\x00-\\x20\"'&;,]{7,199})",
            notBefore: "/",
            check: Checks.Digit,
            ignoreCase: true),
        new(
            "named_password", "[key]",
            Password + Quote + " ?: ?" + Quote + "([^\\x00-\\x20\"'&;,=>\\[\\]\\\\{<*$%(][^\\x00-\\x20\"'&;,]{3,199})",
            notBefore: "/",
            check: Checks.Password,
            ignoreCase: true),
        new(
            "element_secret", "[key]",
            Secret + ">([^\\x00-\\x20\"'&<>\\[\\]][^\\x00-\\x20\"'&<>]{0,199})</",
            ignoreCase: true),
        new(
            "option_secret", "[key]",
            "--(?:[a-z0-9]{1,16}-){0,3}" + Secret + " {1,3}[\"']?([^\\x00-\\x20\"'&;,=\\[\\]-][^\\x00-\\x20\"'&;,]*)",
            check: Checks.Option,
            ignoreCase: true),
        new(
            "option_user", "[key]",
            "-(?:u|-user|-proxy-user)[ =][\"']?[A-Za-z][A-Za-z0-9._@-]{0,63}:([^\\x00-\\x20\"':\\[\\]]{7,199})",
            notBefore: "A-Za-z0-9_-",
            check: Checks.Credentials),
        new(
            "query_secret", "[token]",
            "[?&](?:sig|code|key|auth|(?:[a-z0-9]{1,8}-){0,2}signature)=([^\\x00-\\x20\"'&;,#<>?\\[\\]]{16,})",
            check: Checks.Digit,
            ignoreCase: true),
        new(
            "home_wsl", "[home]",
            "[\\\\/]{2,4}wsl(?:\\.localhost|\\$)[\\\\/]{1,2}[a-z0-9._-]{1,64}[\\\\/]{1,2}home[\\\\/]{1,2}[^\\x00-" +
            "\\x20\\\\/:*?\"<>|'(),;\\[\\]]+",
            notBefore: "A-Za-z0-9_.\\\\%)}",
            ignoreCase: true),
        new(
            "home_windows_spaced", "[home]",
            "((?:(?:[a-z]:[\\\\/]{1,2}|\\\\{1,2})(?:users|documents and settings|profiles|benutzer|utilisateurs|u" +
            "suarios|usu(?:á|Á)rios|utenti|gebruikers|u(?:ż|Ż)ytkownicy|anv(?:ä|Ä)ndare|brugere|(?:п|П)ользовател" +
            "и|kullan(?:ı|i)c(?:ı|i)lar|用户|ユーザー|dokumente und einstellungen)|\\\\{2,4}[a-z0-9._-]{1,64}\\\\{1,2}(" +
            "?:[a-z]\\$\\\\{1,2})?(?:users|homes?|profiles|documents and settings)\\$?)[\\\\/]{1,2}[^\\x00-\\x1f\\\\/" +
            ":*?\"<>|]{1,64})[\\\\/]",
            notBefore: "A-Za-z0-9_.\\\\%)}",
            check: Checks.Home,
            ignoreCase: true),
        new(
            "home_windows", "[home]",
            "(?:(?:[A-Za-z]:[\\\\/]{1,2}|\\\\{1,2})(?:[Uu][Ss][Ee][Rr][Ss]|[Dd][Oo][Cc][Uu][Mm][Ee][Nn][Tt][Ss] [" +
            "Aa][Nn][Dd] [Ss][Ee][Tt][Tt][Ii][Nn][Gg][Ss]|[Pp][Rr][Oo][Ff][Ii][Ll][Ee][Ss]|[Bb][Ee][Nn][Uu][Tt][Z" +
            "z][Ee][Rr]|[Uu][Tt][Ii][Ll][Ii][Ss][Aa][Tt][Ee][Uu][Rr][Ss]|[Uu][Ss][Uu][Aa][Rr][Ii][Oo][Ss]|[Uu][Ss" +
            "][Uu](?:á|Á)[Rr][Ii][Oo][Ss]|[Uu][Tt][Ee][Nn][Tt][Ii]|[Gg][Ee][Bb][Rr][Uu][Ii][Kk][Ee][Rr][Ss]|[Uu](" +
            "?:ż|Ż)[Yy][Tt][Kk][Oo][Ww][Nn][Ii][Cc][Yy]|[Aa][Nn][Vv](?:ä|Ä)[Nn][Dd][Aa][Rr][Ee]|[Bb][Rr][Uu][Gg][" +
            "Ee][Rr][Ee]|(?:п|П)ользователи|[Kk][Uu][Ll][Ll][Aa][Nn](?:ı|[Ii])[Cc](?:ı|[Ii])[Ll][Aa][Rr]|用户|ユーザー|" +
            "[Dd][Oo][Kk][Uu][Mm][Ee][Nn][Tt][Ee] [Uu][Nn][Dd] [Ee][Ii][Nn][Ss][Tt][Ee][Ll][Ll][Uu][Nn][Gg][Ee][N" +
            "n])|\\\\{2,4}[A-Za-z0-9._-]{1,64}\\\\{1,2}(?:[A-Za-z]\\$\\\\{1,2})?(?:[Uu][Ss][Ee][Rr][Ss]|[Hh][Oo][" +
            "Mm][Ee][Ss]?|[Pp][Rr][Oo][Ff][Ii][Ll][Ee][Ss]|[Dd][Oo][Cc][Uu][Mm][Ee][Nn][Tt][Ss] [Aa][Nn][Dd] [Ss]" +
            "[Ee][Tt][Tt][Ii][Nn][Gg][Ss])\\$?)[\\\\/]{1,2}[^\\x00-\\x20\\\\/:*?\"<>|'(),;\\[\\]]+" +
            MoreNames,
            notBefore: "A-Za-z0-9_.\\\\%)}",
            check: Checks.Home),
        new(
            "home_unix", "[home]",
            "(?:/(?:mnt|media|net|nfs|host|cygdrive|Volumes)(?:/[A-Za-z0-9_.-]{1,32})?|/private/var|/(?:[a-z]|var" +
            "|usr|export|private|data|srv|storage|scratch|nas))?/(?:homes?|Users)[0-9]?/(?:users/)?[^\\x00-\\x20\\\\/" +
            ":;,\"'<>|*?()\\[\\]{}]+" +
            MoreNames,
            notBefore: "A-Za-z0-9_.~*)}\\]$-",
            check: Checks.Home),
        new(
            "home_users", "[home]",
            "/users/[A-Za-z_][^\\x00-\\x20\\\\/:;,\"'<>|*?()\\[\\]{}]*",
            notBefore: "A-Za-z0-9_.~*)}\\]$-",
            check: Checks.User),
        new(
            "home_root", "[home]",
            "(/root)/",
            notBefore: "A-Za-z0-9_.~*)}\\]$-"),
        new(
            "home_tilde", "[home]",
            "(~[a-z_][a-z0-9_-]{0,31})[\\\\/]",
            notBefore: "A-Za-z0-9_"),
        new(
            "email", "[email]",
            "[^\\x00-\\x24\\x26-\\x2a\\x2c\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7f]+@[^\\x00-\\x2c\\x2e\\x2f" +
            "\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+(?:\\.[^\\x00-\\x2c\\x2e\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+)" +
            "+",
            notBefore: "^\\x00-\\x24\\x26-\\x2a\\x2c\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7f",
            check: Checks.Email),
        new(
            "ipv6", "[ip]",
            "(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?:\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})?|(?:[0-9A-Fa-f" +
            "]{1,4}:){1,7}:",
            notBefore: "A-Za-z0-9_:.",
            notAfter: "A-Za-z0-9_",
            check: Checks.Ipv6),
        new(
            "mac", "[mac]",
            "[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})",
            notBefore: "A-Za-z0-9_:-",
            notAfter: "A-Za-z0-9_"),
        new(
            "mac_dotted", "[mac]",
            "[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}",
            notBefore: "A-Za-z0-9_.-",
            notAfter: "A-Za-z0-9_",
            check: Checks.Mixed),
        new(
            "ipv4", "[ip]",
            "[0-9]+(?:\\.[0-9]+)+",
            notBefore: "A-Za-z0-9_.",
            notAfter: "A-Za-z0-9_",
            check: Checks.Ipv4),
        new(
            "ipv4_glued", "[ip]",
            "[A-Za-z_]\\.?([0-9]+(?:\\.[0-9]+)+)",
            notAfter: "A-Za-z0-9",
            check: Checks.Ipv4Glued),
        new(
            "phone_international", "[phone]",
            "\\+[1-9](?:[ .()/-]{0,2}[0-9]){7,14}",
            notBefore: "A-Za-z0-9_+",
            notAfter: "A-Za-z_"),
        new(
            "phone_prefixed", "[phone]",
            "001[ .-][2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}|00[2-9][0-9]{1,2}(?:[ .][0-9]{1,8}){2,5}",
            notBefore: "A-Za-z0-9_.+-",
            notAfter: "A-Za-z0-9_",
            check: Checks.PhonePrefixed),
        new(
            "phone_national", "[phone]",
            "\\([2-9][0-9]{2}\\) ?[0-9]{3}[ .-][0-9]{4}|\\([2-9][0-9]{2}\\) ?[0-9]{3}-[0-9]{2}-[0-9]{2}|(?:1-)?[2" +
            "-9][0-9]{2}-[0-9]{3}-[0-9]{4}|(?:1\\.)?[2-9][0-9]{2}\\.[2-9][0-9]{2}\\.[0-9]{4}|0[1-9](?:[ .-][0-9]{" +
            "2}){4}|0[1-9][0-9]{1,4}[ /-][0-9]{3,8}(?:[ -][0-9]{3,8})?",
            notBefore: "A-Za-z0-9_.+-",
            notAfter: "A-Za-z0-9_",
            check: Checks.Phone),
        new(
            "card", "[card]",
            "[2-6][0-9]{3}[ .-][0-9]{4}[ .-][0-9]{4}[ .-][0-9]{4}|3[47][0-9]{2}[ .-][0-9]{6}[ .-][0-9]{5}|[2-6][0" +
            "-9]{12,18}",
            notBefore: "A-Za-z0-9_.",
            notAfter: "A-Za-z0-9_",
            check: Checks.Luhn),
        new(
            "card_scientific", "[card]",
            "[2-6]\\.[0-9]{8,18}[eE]\\+?1[2-8]",
            notBefore: "A-Za-z0-9_.",
            notAfter: "A-Za-z0-9_",
            check: Checks.LuhnScientific),
        new(
            "random_token", "[token]",
            "[A-Za-z0-9+/_-]{32,}={0,2}",
            notBefore: "A-Za-z0-9_+/-",
            check: Checks.Random),
    ];
}
