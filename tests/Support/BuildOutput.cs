namespace TelemetryKit.Support;

/// <summary>Where the programs of <c>src</c> stand that were built together with the running one.</summary>
public static class BuildOutput
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The assembly of a project of <c>src</c>, in the running configuration and framework.</summary>
    public static string Of(string project)
    {
        // tests/X/bin/Release/net10.0/ and src/Api/bin/Release/net10.0/ differ in their beginnings only.
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
