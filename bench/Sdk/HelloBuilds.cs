using System.Diagnostics;

namespace TelemetryKit.Bench.Recording;

/// <summary>How a program is brought to its users.</summary>
internal enum Form
{
    /// <summary>Compiled by the runtime at each start.</summary>
    Jit,

    /// <summary>The same with <c>PublishReadyToRun</c>: the program and its packages compiled beforehand, the runtime still there.</summary>
    ReadyToRun,

    /// <summary>Compiled to a program of the machine's own.</summary>
    AheadOfTime,
}

/// <summary>Publishes the hellos as an author would, each form into a folder of its own that goes with the bench.</summary>
internal sealed class HelloBuilds : IDisposable
{
    public const string Bare = "Sdk.Hello.Bare";
    public const string Ours = "Sdk.Hello";
    public const string OpenTelemetry = "Sdk.Hello.OpenTelemetry";
    public const string Http = "Sdk.Hello.Http";
    public const string Tls = "Sdk.Hello.Tls";

    /// <summary>Not every package feed carries the compiler for each framework; the newest one it has is taken.</summary>
    private static readonly string[] Frameworks = ["net10.0", "net9.0", "net8.0"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tk-bench-hello-").FullName;
    private readonly Dictionary<(string Project, Form Form), string> _published = [];
    private readonly Dictionary<Form, string> _framework = [];

    /// <summary>The root of the tree, where <c>TelemetryKit.sln</c> is.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The framework that a form was compiled for; null when no feed has what it needs.</summary>
    public string? Framework(Form form) => Publish(Bare, form) is null ? null : _framework[form];

    /// <summary>The program of a hello; null when there is no compiler for the form.</summary>
    public string? Publish(string project, Form form)
    {
        if (_published.TryGetValue((project, form), out var known))
            return known;
        foreach (var framework in _framework.TryGetValue(form, out var works) ? [works] : Frameworks)
        {
            var output = Path.Combine(_folder, $"{project}-{form}-{framework}");
            if (!TryPublish(project, form, framework, output))
                continue;
            _framework[form] = framework;
            return _published[(project, form)] = Path.Combine(output, "TelemetryKit.Bench." + project);
        }

        return null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs the SDK's own tool; its output when it fails.</summary>
    public static string? Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : output + error.Result;
    }

    private bool TryPublish(string project, Form form, string framework, string output)
    {
        Console.WriteLine($"publishing {project}, {form}, {framework}");
        // Artifacts of their own: the tree's obj folders hold what its builds restored.
        var failure = Dotnet(
        [
            "publish", Path.Combine(Root, "bench", project), "-c", "Release", "-p:HelloFramework=" + framework, "-p:HelloForm=" + form,
            "--artifacts-path", Path.Combine(_folder, "artifacts", form + framework), "-o", output,
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

        throw new InvalidOperationException("Run the bench from within its tree: it publishes the hellos beside it.");
    }
}
