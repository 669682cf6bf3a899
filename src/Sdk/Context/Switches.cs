using System.Text;

namespace TelemetryKit.Context;

/// <summary>
/// The environment variables that control telemetry. Read before anything else: if they disable it, no file and no socket is opened.
/// </summary>
internal sealed class Switches
{
    private Switches(bool? enabled, string reason, bool verbose, bool debug)
    {
        Enabled = enabled;
        Reason = reason;
        Verbose = verbose;
        Debug = debug;
    }

    /// <summary>False: disabled. True: the user consented by a variable. Null: no variable is set.</summary>
    public readonly bool? Enabled;

    /// <summary>The name of the variable that determined <see cref="Enabled"/>; empty if none did.</summary>
    public readonly string Reason;

    public readonly bool Verbose;
    public readonly bool Debug;

    public static Switches Read(Host host, string serviceName)
    {
        var verbose = Flag(host, "TELEMETRYKIT_VERBOSE") == true;
        var debug = Flag(host, "TELEMETRYKIT_DEBUG") == true;
        Switches Decide(bool? enabled, string reason) => new(enabled, reason, verbose, debug);

        if (Flag(host, "DO_NOT_TRACK") == true)
            return Decide(false, "DO_NOT_TRACK");
        var tool = VariableOf(serviceName);
        var forTool = Flag(host, tool);
        if (forTool == false)
            return Decide(false, tool);
        var forAll = Flag(host, "TELEMETRYKIT_ENABLED");
        if (forAll == false)
            return Decide(false, "TELEMETRYKIT_ENABLED");
        if (forTool == true)
            return Decide(true, tool);
        if (forAll == true)
            return Decide(true, "TELEMETRYKIT_ENABLED");
        return string.Equals(host.Variable("ENVIRONMENT"), "development", StringComparison.OrdinalIgnoreCase)
            ? Decide(false, "ENVIRONMENT")
            : Decide(null, "");
    }

    /// <summary>Returns the name of a tool's variable, such as <c>MY_CLI_TELEMETRY</c> for <c>my-cli</c>.</summary>
    public static string VariableOf(string serviceName)
    {
        var name = new StringBuilder(serviceName.Length + 10);
        foreach (var c in serviceName)
            name.Append(c is >= 'a' and <= 'z' ? (char)(c - 32) : c is (>= 'A' and <= 'Z') or (>= '0' and <= '9') ? c : '_');
        return name.Append("_TELEMETRY").ToString();
    }

    private static bool? Flag(Host host, string name)
    {
        var value = host.Variable(name);
        if (string.IsNullOrEmpty(value))
            return null;
        return !(value is "0"
            || value!.Equals("false", StringComparison.OrdinalIgnoreCase)
            || value.Equals("no", StringComparison.OrdinalIgnoreCase)
            || value.Equals("off", StringComparison.OrdinalIgnoreCase));
    }
}
