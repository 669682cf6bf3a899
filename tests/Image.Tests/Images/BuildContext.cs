using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.Image.Tests.Images;

/// <summary>
/// The files that a build of the image can copy: those that git knows or would add, without those of <c>.dockerignore</c>.
/// </summary>
internal sealed class BuildContext
{
    private readonly List<string> _files;

    private BuildContext(List<string> files) => _files = files;

    /// <summary>Lists the files.</summary>
    public static async Task<BuildContext> ReadAsync()
    {
        var git = await new NodeFolder(BuildOutput.Root).RunAsync("git", ["ls-files", "-z", "-co", "--exclude-standard"]);
        Assert.True(git.ExitCode == 0, git.ToString());
        var rules = (await File.ReadAllLinesAsync(Path.Combine(BuildOutput.Root, ".dockerignore")))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => (IsKept: line[0] == '!', Pattern: ToRegex(line.TrimStart('!'))))
            .ToList();
        return new([.. git.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => rules.LastOrDefault(rule => rule.Pattern.IsMatch(file)) is { Pattern: null } or { IsKept: true })
            .Where(file => File.Exists(Path.Combine(BuildOutput.Root, file)))]);
    }

    /// <summary>Copies a file, or the content of a folder, as <c>COPY</c> does.</summary>
    /// <param name="source">The path in the context, in which <c>*</c> is allowed.</param>
    /// <param name="destination">The path of the folder or, unless it ends with <c>/</c>, of the folder's copy.</param>
    /// <exception cref="FileNotFoundException">The context has no such file.</exception>
    public void Copy(string source, string destination)
    {
        var pattern = new Regex("^" + Regex.Escape(source).Replace("\\*", "[^/]*", StringComparison.Ordinal) + "$");
        var copied = 0;
        foreach (var file in _files)
        {
            var target = pattern.IsMatch(file) ? Path.Combine(destination, Path.GetFileName(file))
                : file.StartsWith(source + "/", StringComparison.Ordinal) ? Path.Combine(destination, file[(source.Length + 1)..])
                : null;
            if (target is null)
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(BuildOutput.Root, file), target, overwrite: true);
            copied++;
        }

        if (copied == 0)
            throw new FileNotFoundException($"The context has no {source}: it doesn't exist, or .dockerignore excludes it.");
    }

    // Patterns match a file or a folder with all that is in it.
    private static Regex ToRegex(string pattern) => new(
        "^" + Regex.Escape(pattern)
            .Replace("\\*\\*/", "(.*/)?", StringComparison.Ordinal)
            .Replace("\\*", "[^/]*", StringComparison.Ordinal) + "(/|$)");
}
