using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>
/// Files that forbid telemetry: <c>.telemetrykit</c> in the working folder or above it, and one for the machine. They can't allow it,
/// because a repository that somebody cloned must not give consent.
/// </summary>
internal static class SwitchFiles
{
    private const string Name = ".telemetrykit";
    private const string Setting = "telemetry";
    private const int MaxFolders = 64;

    private static readonly char[] Separators = ['=', ':', ' ', '\t'];

    /// <summary>Returns the file that forbids telemetry, or null if none does.</summary>
    public static string? Forbidding(Host host)
    {
        var folder = host.WorkingFolder;
        for (var i = 0; i < MaxFolders && !string.IsNullOrEmpty(folder); i++)
        {
            var path = Path.Combine(folder!, Name);
            if (Forbids(path))
                return path;
            // The root of the repository. In a worktree, .git is a file.
            var repository = Path.Combine(folder!, ".git");
            if (Directory.Exists(repository) || File.Exists(repository))
                break;
            folder = Path.GetDirectoryName(folder);
        }

        return Forbids(host.MachineFile) ? host.MachineFile : null;
    }

    private static bool Forbids(string path)
    {
        switch (SmallFile.TryRead(path, out var text))
        {
            case FileContent.Missing:
                return false;
            case FileContent.Unreadable:
                return true;
        }

        foreach (var line in text.Split('\n'))
        {
            // Any blanks around the name are skipped, because the line says no even if an editor has put unusual ones there.
            var trimmed = SwitchValue.Trim(line.TrimStart());
            var end = trimmed.IndexOfAny(Separators);
            if (end < 0 || !trimmed.Substring(0, end).TrimEnd().Equals(Setting, StringComparison.OrdinalIgnoreCase))
                continue;
            var value = SwitchValue.Trim(trimmed.Substring(end));
            if (value.Length > 0 && value[0] is '=' or ':')
                value = value.Substring(1);
            if (SwitchValue.Allows(value) == false)
                return true;
        }

        return false;
    }
}
