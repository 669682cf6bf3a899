using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Support;

/// <summary>PostgreSQL's programs, and how to run them: they refuse to be root, so root runs them as the user <c>postgres</c>.</summary>
internal sealed class PostgresBinaries
{
    private PostgresBinaries(string folder) => Folder = folder;

    /// <summary>Where they are.</summary>
    public string Folder { get; }

    /// <summary>The newest installed version; <c>null</c> where there is none.</summary>
    public static PostgresBinaries? Find()
    {
        var debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory.GetDirectories(debian)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var found = versions.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
        return found is null ? null : new PostgresBinaries(found);
    }

    /// <summary>Starts a program and leaves it running.</summary>
    public Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        List<string> words = Environment.UserName == "root"
            ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", Path.Combine(Folder, program), .. arguments]
            : [Path.Combine(Folder, program), .. arguments];
        start.FileName = words[0];
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");

        // What nobody reads would fill the pipe and stop the program.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        if (program == "postgres")
        {
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
        }

        return process;
    }

    /// <summary>Runs a program to its end; throws with what it said where it failed.</summary>
    public async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed ({process.ExitCode}): {said}");
    }

    /// <summary>Makes the user that runs PostgreSQL the folder's owner.</summary>
    public static async Task GiveFolderAsync(string folder)
    {
        if (Environment.UserName != "root")
            return;
        using var chown = Process.Start("chown", ["postgres", folder]);
        await chown.WaitForExitAsync();
        if (chown.ExitCode != 0)
            throw new InvalidOperationException($"chown postgres {folder} failed ({chown.ExitCode}).");
    }
}
