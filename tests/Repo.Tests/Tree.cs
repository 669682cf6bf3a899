using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TelemetryKit.Repo.Tests;

/// <summary>The working tree: all files that are or can be committed.</summary>
internal static class Tree
{
    // The few forms that .gitignore uses: "name/", "/path/", "*.extension", "name".
    private static readonly Regex Ignored = new(string.Join('|', File.ReadLines(Path.Combine(FindRoot(), ".gitignore"))
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (line.TrimEnd('/').Contains('/') ? "^" : "(^|/)")
            + Regex.Escape(line.TrimStart('/')).Replace("\\*", "[^/]*", StringComparison.Ordinal) + (line.EndsWith('/') ? "" : "/?$"))));

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The configuration that these tests and the sources were built with: <c>Debug</c>, <c>Release</c> or <c>Cluster</c>.
    /// </summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>All files except those that <c>.gitignore</c> excludes, relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(new DirectoryInfo(Root))];

    /// <summary>All projects, relative to the root.</summary>
    public static IReadOnlyList<string> Projects { get; } = [.. Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))];

    /// <summary>All text files: no images, fonts or binary test data.</summary>
    public static IEnumerable<string> TextFiles => Files.Where(f => !Read(f).Contains('\0'));

    /// <summary>The C# files below a folder.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Files.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>Returns the name of a project: <c>Api</c> for <c>src/Api/Api.csproj</c>.</summary>
    public static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    /// <summary>Returns a project's items of one kind with their includes.</summary>
    public static IEnumerable<(string Include, XElement Item)> Items(string project, string kind) =>
        XDocument.Parse(Read(project)).Descendants(kind)
            .Select(item => ((string?)item.Attribute("Include") ?? (string?)item.Attribute("Update") ?? "", item));

    /// <summary>Returns the projects that a project is compiled against, relative to the root.</summary>
    public static IEnumerable<string> References(string project) =>
        Items(project, "ProjectReference")
            .Where(r => (string?)r.Item.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.Combine(Root, Path.GetDirectoryName(project)!, r.Include.Replace('\\', '/')))
            .Select(path => Path.GetRelativePath(Root, Path.GetFullPath(path)));

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(Root, entry.FullName);
            if (entry.Name == ".git" || Ignored.IsMatch(entry is DirectoryInfo ? path + "/" : path))
                continue;
            if (entry is DirectoryInfo { LinkTarget: null } child)
            {
                foreach (var file in Walk(child))
                    yield return file;
            }
            else if (entry is FileInfo)
            {
                yield return path;
            }
        }
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
