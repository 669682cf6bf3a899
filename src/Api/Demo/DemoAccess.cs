namespace TelemetryKit.Api.Demo;

/// <summary>What everyone may see of a server that was started with <c>--demo</c>.</summary>
/// <param name="Project">The id of the demo project.</param>
/// <param name="Key">A read key of it.</param>
internal sealed record DemoBody(Guid Project, string Key);

/// <summary>
/// How the dashboard shows the demo project to people without an account: with its read key, which reads the statistics of generated
/// events and nothing else. It is empty without <c>--demo</c>, and until the project exists.
/// </summary>
internal sealed class DemoAccess
{
    private volatile DemoBody? _body;

    /// <summary>The project and its read key, or <c>null</c>.</summary>
    public DemoBody? Body
    {
        get => _body;
        set => _body = value;
    }
}
