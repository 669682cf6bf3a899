namespace TelemetryKit.Context;

/// <summary>Detects build services and coding agents by the marks that they leave. A copy of <c>spec/actors.json</c> as code.</summary>
internal static class KnownActors
{
    private const int MaxNameLength = 32;

    /// <summary>
    /// Pairs of a service's name and its marker: a variable that is set, <c>VARIABLE=value</c>, <c>VARIABLE~part of the value</c>,
    /// <c>VARIABLE&amp;VARIABLE</c> or <c>file:path</c>. After <c>?</c> it counts only without a terminal. The first one found counts.
    /// </summary>
    internal static readonly string[] BuildServices =
    [
        "github-actions", "GITHUB_ACTIONS",
        "gitlab", "GITLAB_CI",
        "azure-pipelines", "TF_BUILD",
        "jenkins", "JENKINS_URL",
        "teamcity", "TEAMCITY_VERSION",
        "circleci", "CIRCLECI",
        "travis", "TRAVIS",
        "appveyor", "APPVEYOR",
        "buildkite", "BUILDKITE",
        "bitbucket", "BITBUCKET_BUILD_NUMBER",
        "codebuild", "CODEBUILD_BUILD_ID",
        "drone", "DRONE",
        "woodpecker", "WOODPECKER_CI",
        "other", "CI",
    ];

    /// <summary>Pairs as in <see cref="BuildServices"/>.</summary>
    internal static readonly string[] Agents =
    [
        "cursor", "?CURSOR_TRACE_ID",
        "cursor-cli", "CURSOR_AGENT",
        "cursor-cli", "CURSOR_EXTENSION_HOST_ROLE=agent-exec",
        "kimi", "KIMI_PLUGIN_ROOT",
        "grok", "GROK_PLUGIN_ROOT",
        "grok", "GROK_PLUGIN_DATA",
        "gemini-cli", "GEMINI_CLI",
        "cline", "CLINE_ACTIVE",
        "codex", "CODEX_SANDBOX",
        "codex", "CODEX_CI",
        "codex", "CODEX_THREAD_ID",
        "codex", "CODEX_SANDBOX_NETWORK_DISABLED",
        "antigravity", "ANTIGRAVITY_AGENT",
        "antigravity", "ANTIGRAVITY_CLI_ALIAS",
        "augment", "AUGMENT_AGENT",
        "opencode", "OPENCODE",
        "opencode", "OPENCODE_CLIENT",
        "junie", "JUNIE_DATA",
        "junie", "JUNIE_SHIM_PATH",
        "cowork", "CLAUDE_CODE_IS_COWORK&CLAUDECODE",
        "claude-code", "CLAUDECODE",
        "claude-code", "CLAUDE_CODE",
        "replit", "REPL_AGENT",
        "replit", "?REPL_ID",
        "copilot", "COPILOT_MODEL",
        "copilot", "COPILOT_ALLOW_ALL",
        "copilot", "COPILOT_AGENT",
        "copilot", "COPILOT_CLI",
        "kiro", "?TERM_PROGRAM~kiro",
        "openclaw", "OPENCLAW_SHELL",
        "devin", "file:/opt/.devin",
        "goose", "GOOSE_TERMINAL",
        "goose", "AGENT=goose",
        "amp", "AGENT=amp",
        "qwen", "QWEN_CODE",
        "aider", "OR_APP_NAME=aider",
    ];

    /// <summary>The variable that names any other agent.</summary>
    internal const string NamedBy = "AI_AGENT";

    private static readonly char[] Operators = ['=', '~', '&'];
    private static readonly char[] NameEnds = ['/', '@'];

    /// <summary>Returns the build service that runs the process, or null if there is none.</summary>
    public static string? BuildService(Host host) => Find(host, BuildServices);

    /// <summary>Returns the coding agent that runs the process, or null if there is none.</summary>
    public static string? Agent(Host host) =>
        Find(host, Agents) ?? (host.Variable(NamedBy) is { } value && SwitchValue.IsSet(value) ? NameIn(value) : null);

    private static string? Find(Host host, string[] known)
    {
        for (var i = 0; i < known.Length; i += 2)
        {
            if (IsFound(host, known[i + 1]))
                return known[i];
        }

        return null;
    }

    private static bool IsFound(Host host, string marker)
    {
        if (marker[0] == '?')
            return IsFound(host, marker.Substring(1)) && !host.IsTerminal;
        if (marker.StartsWith("file:", StringComparison.Ordinal))
            return host.FileExists(marker.Substring("file:".Length));
        var end = marker.IndexOfAny(Operators);
        if (end < 0)
            return SwitchValue.IsSet(host.Variable(marker));
        if (host.Variable(marker.Substring(0, end)) is not { } untrimmed)
            return false;
        var value = SwitchValue.Trim(untrimmed);
        var operand = marker.Substring(end + 1);
        return marker[end] switch
        {
            '=' => value.Equals(operand, StringComparison.OrdinalIgnoreCase),
            '~' => value.IndexOf(operand, StringComparison.OrdinalIgnoreCase) >= 0,
            _ => SwitchValue.IsSet(value) && SwitchValue.IsSet(host.Variable(operand)),
        };
    }

    /// <summary>Returns the name in a value such as <c>agent/1.2</c>. Anything that is no plain name is not recorded.</summary>
    private static string NameIn(string value)
    {
        var end = value.IndexOfAny(NameEnds);
        var name = (end < 0 ? value : value.Substring(0, end)).Trim().ToLowerInvariant();
        foreach (var c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-'))
                return "other";
        }

        return name.Length is 0 or > MaxNameLength || SwitchValue.Allows(name) == true ? "other" : name;
    }
}
