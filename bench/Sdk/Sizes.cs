namespace TelemetryKit.Bench.Recording;

/// <summary>Measures the size of the package and the growth of programs compiled ahead of time.</summary>
internal static class Sizes
{
    private const double MaxPackage = 270;
    private const double MaxGrowth = 1.2;

    public static void Run(HelloBuilds builds, Report report)
    {
        report.Add(new("package", "KB", PackageBytes() / 1e3, Bound: MaxPackage));

        if (Bytes(builds, HelloBuilds.Bare) is not { } bare)
        {
            Console.WriteLine("The ahead-of-time compiler is not available, so sizes of programs are not measured.");
            return;
        }

        var ours = Bytes(builds, HelloBuilds.Ours)!.Value - bare;
        var theirs = Bytes(builds, HelloBuilds.OpenTelemetry)!.Value - bare;
        var http = Bytes(builds, HelloBuilds.Http)!.Value - bare;
        var tls = Bytes(builds, HelloBuilds.Tls)!.Value - bare;
        report.Add(new(
            "growth ahead of time, tool without HTTP", "MB", ours / 1e6, theirs / 1e6, MaxGrowth, $"bare {bare / 1e6:0.00} MB"));
        report.Add(new("  of that, the framework's HttpClient alone", "MB", http / 1e6, http / 1e6));
        report.Add(new("  the framework's TLS without HTTP", "MB", tls / 1e6, tls / 1e6));
        report.Add(new("growth ahead of time, tool with HttpClient", "MB", (ours - http) / 1e6, (theirs - http) / 1e6, MaxGrowth));
    }

    private static long? Bytes(HelloBuilds builds, string project) =>
        builds.Publish(project, Form.AheadOfTime) is { } program ? new FileInfo(program).Length : null;

    private static long PackageBytes()
    {
        var folder = Directory.CreateTempSubdirectory("tk-bench-package-").FullName;
        var failure = HelloBuilds.Dotnet("pack", Path.Combine(HelloBuilds.Root, "src", "Sdk"), "-c", "Release", "-o", folder);
        if (failure is not null)
            throw new InvalidOperationException(failure);
        var bytes = Directory.GetFiles(folder, "*.nupkg").Sum(file => new FileInfo(file).Length);
        Directory.Delete(folder, recursive: true);
        return bytes;
    }
}
