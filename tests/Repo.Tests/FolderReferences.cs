using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TelemetryKit.Repo.Tests;

/// <summary>
/// The references between the folders of a project, computed from the symbols that the names in its sources resolve to. Every folder with a
/// source file is a node, including the folder of the project. Documentation comments don't count.
/// </summary>
internal sealed class FolderReferences
{
    private readonly Dictionary<(string From, string To), string> _examples = [];

    private FolderReferences()
    {
    }

    /// <summary>An example of each reference: the location of the use and the location of the declaration.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Examples => _examples;

    /// <summary>Computes the references of a project that was built.</summary>
    /// <param name="project">The folder of the project, relative to the tree's root.</param>
    public static FolderReferences OfProject(string project)
    {
        var trees = Tree.Sources(project).Select(file => Parse(Tree.Read(file), file)).ToList();
        var intermediate = Path.Combine(Tree.Root, project, "obj", Tree.Configuration);
        var usings = Directory.Exists(intermediate)
            ? Directory.GetFiles(intermediate, "*.GlobalUsings.g.cs", SearchOption.AllDirectories).Take(1)
            : [];
        return Of(project, [.. trees, .. usings.Select(file => Parse(File.ReadAllText(file), ""))], Assemblies(project));
    }

    /// <summary>Computes the references of sources that are given by path and text.</summary>
    public static FolderReferences OfSources(string project, params (string Path, string Text)[] sources) =>
        Of(project, [.. sources.Select(source => Parse(source.Text, $"{project}/{source.Path}"))], Assemblies(project));

    /// <summary>Every cycle's shortest form: each of its references with an example. Empty if there is no cycle.</summary>
    public IEnumerable<string> Cycles()
    {
        var targets = _examples.Keys.ToLookup(reference => reference.From, reference => reference.To);
        var reported = new HashSet<string>();
        foreach (var start in targets.Select(group => group.Key).Order(StringComparer.Ordinal))
        {
            if (reported.Contains(start) || ShortestCycle(start, targets) is not { } cycle)
                continue;
            reported.UnionWith(cycle);
            var references = cycle.Zip(cycle.Skip(1).Append(cycle[0]));
            yield return $"The folders {string.Join(" → ", cycle)} → {cycle[0]} form a cycle:\n"
                + string.Join('\n', references.Select(reference => $"  {_examples[reference]}"));
        }
    }

    private static List<string>? ShortestCycle(string start, ILookup<string, string> targets)
    {
        var cameFrom = new Dictionary<string, string>();
        var queue = new Queue<string>([start]);
        while (queue.TryDequeue(out var folder))
        {
            foreach (var target in targets[folder].Order(StringComparer.Ordinal))
            {
                if (target == start)
                {
                    List<string> cycle = [folder];
                    while (cycle[^1] != start)
                        cycle.Add(cameFrom[cycle[^1]]);
                    cycle.Reverse();
                    return cycle;
                }

                if (cameFrom.TryAdd(target, folder))
                    queue.Enqueue(target);
            }
        }

        return null;
    }

    private static SyntaxTree Parse(string text, string path) =>
        CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None), path);

    private static FolderReferences Of(string project, IReadOnlyList<SyntaxTree> trees, IEnumerable<MetadataReference> assemblies)
    {
        // Generated sources are missing, so names that don't resolve are skipped.
        var compilation = CSharpCompilation.Create("Sources", trees, assemblies);
        var references = new FolderReferences();
        foreach (var tree in trees.Where(tree => tree.FilePath.Length > 0))
        {
            var model = compilation.GetSemanticModel(tree, ignoreAccessibility: true);
            foreach (var node in tree.GetRoot().DescendantNodes())
            {
                if (node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax)
                    references.Add(project, node, model.GetSymbolInfo(node));
            }
        }

        return references;
    }

    private void Add(string project, SyntaxNode use, SymbolInfo info)
    {
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        if (symbol is IMethodSymbol { ReducedFrom: { } extension })
            symbol = extension;
        if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ITypeParameterSymbol)
            return;
        var from = FolderOf(project, use.SyntaxTree.FilePath);
        var declarations = Declarations(symbol);
        if (declarations.Count == 0 || declarations.Any(declaration => FolderOf(project, declaration.SyntaxTree.FilePath) == from))
            return;
        var to = FolderOf(project, declarations[0].SyntaxTree.FilePath);
        _examples.TryAdd((from, to), $"{LocationOf(use)} uses {symbol.Name} of {LocationOf(declarations[0])}");
    }

    // A member that no source declares, such as the constructor of a record, counts as its type.
    private static List<SyntaxNode> Declarations(ISymbol symbol)
    {
        for (var declared = symbol.OriginalDefinition; declared is not null and not INamespaceSymbol; declared = declared.ContainingSymbol)
        {
            if (declared.DeclaringSyntaxReferences.Length > 0)
                return [.. declared.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax())];
        }

        return [];
    }

    private static string FolderOf(string project, string file)
    {
        var folder = Path.GetRelativePath(project, Path.GetDirectoryName(file)!).Replace('\\', '/');
        return folder == "." ? Path.GetFileName(project) : folder;
    }

    private static string LocationOf(SyntaxNode node) =>
        $"{node.SyntaxTree.FilePath}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private static IEnumerable<MetadataReference> Assemblies(string project)
    {
        var framework = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        var web = Path.Combine(framework.Parent!.Parent!.FullName, "Microsoft.AspNetCore.App", framework.Name);
        var output = Path.Combine(Tree.Root, project, "bin", Tree.Configuration);
        var own = $"TelemetryKit.{Path.GetFileName(project)}.dll";
        (string Path, SearchOption Option)[] folders =
        [
            (framework.FullName, SearchOption.TopDirectoryOnly),
            (web, SearchOption.TopDirectoryOnly),
            (output, SearchOption.AllDirectories),
        ];
        return folders
            .Where(folder => Directory.Exists(folder.Path))
            .SelectMany(folder => Directory.GetFiles(folder.Path, "*.dll", folder.Option))
            .Where(file => Path.GetFileName(file) != own && IsManaged(file))
            .DistinctBy(Path.GetFileName)
            .Select(file => MetadataReference.CreateFromFile(file));
    }

    private static bool IsManaged(string file)
    {
        using var stream = File.OpenRead(file);
        using var portable = new System.Reflection.PortableExecutable.PEReader(stream);
        return portable.HasMetadata;
    }
}
