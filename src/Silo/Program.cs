namespace TelemetryKit.Silo;

/// <summary>A silo: hosts grains and background work for servers that are clients of its cluster.</summary>
public static class Program
{
    /// <summary>Runs the silo until it is stopped. See <see cref="Api.Program.RunSiloAsync"/>.</summary>
    public static Task<int> Main(string[] args) => Api.Program.RunSiloAsync(args);
}
