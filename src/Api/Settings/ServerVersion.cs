using System.Reflection;

namespace TelemetryKit.Api.Settings;

/// <summary>The version of this build.</summary>
internal static class ServerVersion
{
    /// <summary>The version, such as <c>1.0.0</c>, without the commit hash.</summary>
    public static string Text { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
