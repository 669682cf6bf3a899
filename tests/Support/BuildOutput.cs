namespace TelemetryKit.Support;

/// <summary>Finds the assemblies of <c>src</c> that were built together with the running one.</summary>
public static class BuildOutput
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Returns the path of the assembly of a project of <c>src</c>, in the running configuration and framework.</summary>
    /// <exception cref="FileNotFoundException">The project isn't built.</exception>
    public static string Of(string project)
    {
        // The output folders have the same end: tests/X/bin/Release/net10.0/ and src/Api/bin/Release/net10.0/.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Root, "src", project, "bin", own.Parent!.Name, own.Name, $"TelemetryKit.{project}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TelemetryKit.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("TelemetryKit.sln is not above " + AppContext.BaseDirectory);
    }
}
