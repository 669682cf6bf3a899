using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using TelemetryKit.Sdk.Tests.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Tests the NuGet package, in an application compiled ahead of time.</summary>
[Collection(nameof(NotParallel))]
public sealed partial class PackageTests : IDisposable
{
    // Two builds of 97 KB each, their documentation and the analyzers are 255 KB. Erasure, the list of what was sent, the detached sender,
    // opt-out files and the endings of operations were a fifth of it.
    private const int MaxPackageBytes = 285_000;

    // A unique version, so that the package cache does not return an earlier build.
    private readonly string _version = "1.0.0-test." + Environment.TickCount64 + "." + Environment.ProcessId;
    private readonly string _folder = Directory.CreateTempSubdirectory("tk-package-").FullName;

    [Fact]
    public async Task The_package_is_small_and_works_in_an_application_compiled_ahead_of_time()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var packed = await Dotnet(
            "pack", Path.Combine(BuildOutput.Root, "src", "Sdk"), "-c", own.Parent!.Name, "--no-build", "-o", _folder,
            "-p:PackageVersion=" + _version);
        Assert.True(packed.ExitCode == 0, packed.Output);
        var package = Path.Combine(_folder, $"TelemetryKit.{_version}.nupkg");
        CheckContent(package);

        WriteApplication();
        var publish = await Dotnet("publish", _folder, "-o", Path.Combine(_folder, "out"));
        Assert.SkipWhen(MissingPack().IsMatch(publish.Output), "The ahead-of-time compiler is not available: " + publish.Output);
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.DoesNotContain("warning", publish.Output, StringComparison.OrdinalIgnoreCase);

        using var server = new FakeServer();
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", server.Endpoint.ToString()));
        using var process = tool.Start(Path.Combine(_folder, "out", "app"), []);
        var output = await process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, "sent: True\n", ""), (process.ExitCode, output, error));
        Assert.Equal(
            ["feature_used", "command_executed"], server.Events.Select(e => e.GetProperty("event_type").GetString()).OrderDescending());
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        var cached = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", "telemetrykit", _version);
        if (Directory.Exists(cached))
            Directory.Delete(cached, recursive: true);
    }

    private static void CheckContent(string package)
    {
        Assert.InRange(new FileInfo(package).Length, 1, MaxPackageBytes);
        using var content = ZipFile.OpenRead(package);
        var names = content.Entries.Select(entry => entry.FullName).ToList();
        HashSet<string> expected =
            ["lib/netstandard2.0/TelemetryKit.dll", "lib/net8.0/TelemetryKit.dll", "lib/net8.0/TelemetryKit.xml", "README.md"];
        Assert.Superset(expected, names.ToHashSet());
        using var reader = new StreamReader(content.Entries.Single(entry => entry.FullName == "TelemetryKit.nuspec").Open());
        // A library for .NET Standard refers to it also in an application for .NET.
        var groups = reader.ReadToEnd().Split("<group ")[1..];
        Assert.Equal(3, groups.Length);
        Assert.All(
            groups, group => Assert.Equal("Microsoft.Bcl.AsyncInterfaces", Assert.Single(Dependency().Matches(group)).Groups[1].Value));
    }

    private void WriteApplication()
    {
        File.WriteAllText(Path.Combine(_folder, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
                <PublishAot>true</PublishAot>
                <RestoreAdditionalProjectSources>{_folder}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TelemetryKit" Version="[{_version}]" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(_folder, "Program.cs"), """
            using TelemetryKit;
            using var telemetry = TelemetryKitClient.Create(
                "aot-app", "tk_test_0123456789abcdefghijABCDEFGHIJkl", o => o.Timeout = System.TimeSpan.FromMinutes(1));
            using (telemetry.TrackCommand("build").Succeeded())
                telemetry.TrackFeature("incremental", new() { ["target"] = "production" });
            System.Console.WriteLine("sent: " + telemetry.Flush(System.TimeSpan.FromMinutes(1)));
            """);
    }

    private static async Task<(int ExitCode, string Output)> Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    [GeneratedRegex("<dependency id=\"([^\"]+)\"")]
    private static partial Regex Dependency();

    [GeneratedRegex("error NU110[123].*(ILCompiler|NativeAOT)|Platform linker not found")]
    private static partial Regex MissingPack();
}
