using System.Globalization;
using System.Text;

namespace TelemetryKit.Context;

/// <summary>
/// The environment variables and files that control telemetry. Variables are read before anything else: if they disable it, no file and no
/// socket is opened.
/// </summary>
internal sealed class Switches
{
    private Switches(bool? enabled, string reason, bool forbidsFiles, bool verbose, bool debug)
    {
        ForbidsFiles = forbidsFiles;
        Enabled = enabled;
        Reason = reason;
        Verbose = verbose;
        Debug = debug;
    }

    /// <summary>False: disabled. True: the user consented by a variable. Null: neither.</summary>
    public readonly bool? Enabled;

    /// <summary>The name of the variable or file that determined <see cref="Enabled"/>; empty if none did.</summary>
    public readonly string Reason;

    /// <summary>Whether a variable disables telemetry, so that no file may be opened unless the user asks for it.</summary>
    public readonly bool ForbidsFiles;

    public readonly bool Verbose;
    public readonly bool Debug;

    public static Switches Read(Host host, string serviceName)
    {
        var verbose = SwitchValue.Allows(host.Variable("TELEMETRYKIT_VERBOSE")) == true;
        var debug = SwitchValue.Allows(host.Variable("TELEMETRYKIT_DEBUG")) == true;
        Switches Decide(bool? enabled, string reason, bool isFile = false) =>
            new(enabled, reason, enabled == false && !isFile, verbose, debug);

        // Any no counts more than any yes.
        if (SwitchValue.IsSet(host.Variable("DO_NOT_TRACK")))
            return Decide(false, "DO_NOT_TRACK");
        var tool = VariableOf(serviceName);
        var forTool = SwitchValue.Allows(host.Variable(tool));
        if (forTool == false)
            return Decide(false, tool);
        var forAll = SwitchValue.Allows(host.Variable("TELEMETRYKIT_ENABLED"));
        if (forAll == false)
            return Decide(false, "TELEMETRYKIT_ENABLED");
        if (SwitchFiles.Forbidding(host) is { } file)
            return Decide(false, file, isFile: true);
        if (forTool == true)
            return Decide(true, tool);
        if (forAll == true)
            return Decide(true, "TELEMETRYKIT_ENABLED");
        return string.Equals(SwitchValue.Trim(host.Variable("ENVIRONMENT") ?? ""), "development", StringComparison.OrdinalIgnoreCase)
            ? Decide(false, "ENVIRONMENT")
            : Decide(null, "");
    }

    /// <summary>
    /// Returns the name of a tool's variable, such as <c>MY_CLI_TELEMETRY</c> for <c>my-cli</c>. It can be exported by every shell, and
    /// names without Latin letters have different variables.
    /// </summary>
    public static string VariableOf(string serviceName)
    {
        var name = new StringBuilder(serviceName.Length + 10);
        if (serviceName.Length > 0 && serviceName[0] is >= '0' and <= '9')
            name.Append('_');
        foreach (var c in serviceName)
        {
            if (c > '\u007F')
                name.Append('U').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
            else
                name.Append(c is >= 'a' and <= 'z' ? (char)(c - 32) : c is (>= 'A' and <= 'Z') or (>= '0' and <= '9') ? c : '_');
        }

        return name.Append("_TELEMETRY").ToString();
    }
}
