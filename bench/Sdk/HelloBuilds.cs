using System.Diagnostics;

namespace TelemetryKit.Bench.Recording;

/// <summary>How a program is compiled for its users.</summary>
internal enum Form
{
    /// <summary>Compiled by the runtime at each start.</summary>
    Jit,

    /// <summary>
    /// Published with <c>PublishReadyToRun</c>: the program and its packages are compiled in advance and still need the runtime.
    /// </summary>
    ReadyToRun,

    /// <summary>Published with <c>PublishAot</c>, as a native program.</summary>
    AheadOfTime,
}

/// <summary>Publishes the hello programs like the author of a tool would, into temporary directories.</summary>
internal sealed class HelloBuilds : IDisposable
{
    public const string Bare = "Sdk.Hello.Bare";
    public const string Ours = "Sdk.Hello";
    public const string OpenTelemetry = "Sdk.Hello.OpenTelemetry";
    public const string Http = "Sdk.Hello.Http";
    public const string Tls = "Sdk.Hello.Tls";

    private readonly string _folder = Directory.CreateTempSubdirectory("tk-bench-hello-").FullName;
    private readonly Dictionary<(string Project, Form Form), string?> _published = [];

    /// <summary>The root of the repository, which contains <c>TelemetryKit.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Publishes a program and returns its path, or null if the package feed has no compiler for the form.</summary>
    public string? Publish(string project, Form form)
    {
        if (_published.TryGetValue((project, form), out var program))
            return program;
        var output = Path.Combine(_folder, $"{project}-{form}");
        return _published[(project, form)] =
            TryPublish(project, form, output) ? Path.Combine(output, "TelemetryKit.Bench." + project) : null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs the .NET CLI. Returns its output if it fails, otherwise null.</summary>
    public static string? Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : output + error.Result;
    }

    private bool TryPublish(string project, Form form, string output)
    {
        Console.WriteLine($"publishing {project}, {form}");
        // A separate artifacts path per form, because the obj directories contain what the last build restored.
        var failure = Dotnet(
        [
            "publish", Path.Combine(Root, "bench", project), "-c", "Release", "-p:HelloForm=" + form,
            "--artifacts-path", Path.Combine(_folder, "artifacts", form.ToString()), "-o", output,
        ]);
        if (failure is null)
            return true;
        if (!failure.Contains("NU110", StringComparison.Ordinal))
            throw new InvalidOperationException(failure);
        return false;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TelemetryKit.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("Run the benchmark from its repository: it publishes the hello programs.");
    }
}
