using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TelemetryKit.Repo.Tests;

/// <summary>The working tree: what is committed or could be.</summary>
internal static class Tree
{
    // The few forms .gitignore uses here: "name/", "/path/", "*.extension", "name".
    private static readonly Regex Ignored = new(string.Join('|', File.ReadLines(Path.Combine(FindRoot(), ".gitignore"))
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (line.TrimEnd('/').Contains('/') ? "^" : "(^|/)")
            + Regex.Escape(line.TrimStart('/')).Replace("\\*", "[^/]*", StringComparison.Ordinal) + (line.EndsWith('/') ? "" : "/?$"))));

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary><c>Debug</c>, <c>Release</c> or <c>Cluster</c>: what this suite was built as, and so the sources beside it.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Every file, relative to the root with forward slashes, without what <c>.gitignore</c> leaves out.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(new DirectoryInfo(Root))];

    /// <summary>Every project, relative to the root.</summary>
    public static IReadOnlyList<string> Projects { get; } = [.. Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))];

    /// <summary>The text files: no images, fonts or golden binaries.</summary>
    public static IEnumerable<string> TextFiles => Files.Where(f => !Read(f).Contains('\0'));

    /// <summary>The C# files below a folder.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Files.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary><c>src/Api/Api.csproj</c> is <c>Api</c>.</summary>
    public static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    /// <summary>The includes of a project's items of one kind; paths relative to the root.</summary>
    public static IEnumerable<(string Include, XElement Item)> Items(string project, string kind) =>
        XDocument.Parse(Read(project)).Descendants(kind).Select(item => ((string?)item.Attribute("Include") ?? (string?)item.Attribute("Update") ?? "", item));

    /// <summary>The projects that a project is compiled against.</summary>
    public static IEnumerable<string> References(string project) =>
        Items(project, "ProjectReference")
            .Where(r => (string?)r.Item.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(project)!, r.Include.Replace('\\', '/')))));

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
