using System.Reflection;
using TelemetryKit.Options;
using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>The version of the tool or library.</summary>
internal static class ServiceVersion
{
    /// <summary>Returns the version from the options or of the assembly; null if it is not known.</summary>
    /// <param name="options">The options.</param>
    /// <param name="folder">The folder of the service's files; null if nothing can be stored.</param>
    public static string? Of(OptionValues options, string? folder)
    {
        if (options.ServiceVersion is { } version)
            return version;
        // The entry assembly of a library is its host, which has a version of its own.
        var assembly = options.Consent == ConsentMode.HostDecides ? options.Library : Assembly.GetEntryAssembly();
        return assembly is null ? null : folder is null ? Of(assembly) : Cached(assembly, Path.Combine(folder, "version"));
    }

    /// <summary>Returns the informational version without its build metadata, otherwise the first three numbers of the version.</summary>
    public static string? Of(Assembly assembly)
    {
        var attribute = Attribute.GetCustomAttribute(assembly, typeof(AssemblyInformationalVersionAttribute));
        if (attribute is not AssemblyInformationalVersionAttribute { InformationalVersion: { Length: > 0 } version })
            return assembly.GetName().Version?.ToString(3);
        var end = version.IndexOf('+');
        return end < 0 ? version : version.Substring(0, end);
    }

    /// <summary>Reads the version from a file, because the first attribute that a run reads takes several milliseconds.</summary>
    private static string? Cached(Assembly assembly, string path)
    {
        var build = assembly.ManifestModule.ModuleVersionId.ToString("N") + " ";
        if (PrivateFiles.TryReadAllText(path) is { } stored && stored.StartsWith(build, StringComparison.Ordinal))
            return stored.Substring(build.Length);
        if (Of(assembly) is not { } version)
            return null;
        try
        {
            PrivateFiles.WriteAllText(path, build + version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run reads the attribute again.
        }

        return version;
    }
}
