namespace TelemetryKit.Api.Demo;

/// <summary>With what everyone may read the demo project.</summary>
/// <param name="Project">The id of the demo project.</param>
/// <param name="Key">A read key of it.</param>
internal sealed record DemoKey(Guid Project, string Key);

/// <summary>
/// How the dashboard shows the demo project to people without an account: with its read key, which reads the statistics of generated
/// events and nothing else. It is empty without <c>--demo</c>, and until the project exists.
/// </summary>
internal sealed class DemoAccess
{
    private volatile DemoKey? _current;

    /// <summary>The project and its read key, or <c>null</c>.</summary>
    public DemoKey? Current
    {
        get => _current;
        set => _current = value;
    }
}
