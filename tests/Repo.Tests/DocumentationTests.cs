using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace TelemetryKit.Repo.Tests;

/// <summary>Every public type has a <c>&lt;summary&gt;</c> in the XML file that the compiler writes next to the assembly.</summary>
public class DocumentationTests
{
    public static TheoryData<string> Assemblies() => new(
        from project in Tree.Projects
        where project.StartsWith("src/", StringComparison.Ordinal)
        let output = Path.Combine(Tree.Root, Path.GetDirectoryName(project)!, "bin", Tree.Configuration)
        from file in Directory.Exists(output) ? Directory.GetFiles(output, "TelemetryKit*.dll", SearchOption.AllDirectories) : [output]
        let name = Path.GetFileNameWithoutExtension(file)
        where name is "TelemetryKit" || name.EndsWith("." + Tree.NameOf(project), StringComparison.Ordinal) || file == output
        select Path.GetRelativePath(Tree.Root, file));

    [Theory, MemberData(nameof(Assemblies))]
    public void Public_types_are_documented(string assembly)
    {
        var described = XDocument.Load(Path.ChangeExtension(Path.Combine(Tree.Root, assembly), ".xml")).Descendants("member")
            .Where(m => !string.IsNullOrWhiteSpace((string?)m.Element("summary")) || m.Element("inheritdoc") is not null)
            .Select(m => (string?)m.Attribute("name"))
            .ToHashSet();
        Expect.None(PublicTypes(Path.Combine(Tree.Root, assembly)).Where(type => !described.Contains("T:" + type)));
    }

    private static List<string> PublicTypes(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        List<string> types = [];
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public)
                continue;
            var space = reader.GetString(type.Namespace);
            // Excludes types of source generators, and the Program class of top-level statements.
            if (space.StartsWith("TelemetryKit", StringComparison.Ordinal))
                types.Add($"{space}.{reader.GetString(type.Name)}");
        }

        return types;
    }
}
