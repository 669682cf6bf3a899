using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Support;

/// <summary>Runs the programs of PostgreSQL. They refuse to run as root, so root runs them as the user <c>postgres</c>.</summary>
internal sealed class PostgresBinaries
{
    private PostgresBinaries(string folder) => Folder = folder;

    /// <summary>The folder of the programs.</summary>
    public string Folder { get; }

    /// <summary>Returns the newest installed version, or <c>null</c> if there is none.</summary>
    public static PostgresBinaries? Find()
    {
        var debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory.GetDirectories(debian)
                .OrderByDescending(VersionOf)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var found = versions.Concat(path).FirstOrDefault(HasPrograms);
        return found is null ? null : new PostgresBinaries(found);
    }

    /// <summary>Starts a program and returns at once.</summary>
    public Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        List<string> words = Environment.UserName == "root"
            ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", Path.Combine(Folder, program), .. arguments]
            : [Path.Combine(Folder, program), .. arguments];
        start.FileName = words[0];
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");

        // Output that isn't read would fill the pipe and block the program.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        if (program == "postgres")
        {
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
        }

        return process;
    }

    /// <summary>Runs a program until it exits.</summary>
    /// <exception cref="InvalidOperationException">The program failed. The message contains its standard error.</exception>
    public async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed ({process.ExitCode}): {errors}");
    }

    /// <summary>Makes the user that runs PostgreSQL the owner of a folder.</summary>
    public static async Task GiveFolderAsync(string folder)
    {
        if (Environment.UserName != "root")
            return;
        using var chown = Process.Start("chown", ["postgres", folder]);
        await chown.WaitForExitAsync();
        if (chown.ExitCode != 0)
            throw new InvalidOperationException($"chown postgres {folder} failed ({chown.ExitCode}).");
    }

    private static int VersionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static bool HasPrograms(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
}
