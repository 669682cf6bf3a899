namespace TelemetryKit.Consent;

/// <summary>Recognizes runs that must not be interrupted by a question.</summary>
internal static class CommandArguments
{
    private static readonly string[] Commands =
        [TelemetryConsent.CommandName, "help", "version", "completion", "completions", "complete", "__complete", "__completeNoDesc"];

    private static readonly string[] Options = ["--help", "-h", "-?", "/?", "/h", "--version", "-V"];

    /// <summary>
    /// Returns false for help, the version, completions, and the telemetry command: <c>mytool telemetry off</c> decides by itself.
    /// </summary>
    /// <param name="commandLine">The tool's name and its arguments.</param>
    public static bool MayAsk(string[] commandLine)
    {
        if (commandLine.Length < 2)
            return true;
        if (Array.IndexOf(Commands, commandLine[1]) >= 0 || commandLine[1].StartsWith("[suggest", StringComparison.Ordinal))
            return false;
        for (var i = 1; i < commandLine.Length && commandLine[i] != "--"; i++)
        {
            if (Array.IndexOf(Options, commandLine[i]) >= 0)
                return false;
        }

        return true;
    }
}
