namespace TelemetryKit.Grains.Hosting;

/// <summary>The storage of the state of grains.</summary>
internal static class GrainStorage
{
    /// <summary>Its name in <see cref="PersistentStateAttribute"/>.</summary>
    public const string Name = "grains";
}
