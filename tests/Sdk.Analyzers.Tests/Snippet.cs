using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace TelemetryKit.Analyzers.Tests;

/// <summary>Compiles a piece of code with the real SDK and runs the analyzer and the code fixes on it.</summary>
internal sealed class Snippet
{
    private const string Head = """
        using System;
        using System.IO;
        using System.Linq;
        using System.Net;
        using TelemetryKit;

        class Tool
        {

        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(IsReferenced)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Document _document;
    private readonly string _end;

    private Snippet(string source, string end)
    {
        _end = end;
        var project = new AdhocWorkspace().AddProject("Tool", LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .WithMetadataReferences(References);
        _document = project.AddDocument("Tool.cs", SourceText.From(source));
    }

    /// <summary>Creates a snippet from a complete file.</summary>
    public static Snippet File(string source) => new(source, "\n}\n");

    /// <summary>Creates a snippet from members of a class.</summary>
    public static Snippet Members(string members) => new(Head + members + "\n}\n", "\n}\n");

    /// <summary>Creates a snippet from statements of a method, which has parameters for common needs.</summary>
    public static Snippet Statements(string statements) => new(
        Head + "void Run(ITelemetryClient telemetry, TelemetryMetadata metadata, TelemetryOptions options, string text, string[] args)\n{\n"
            + statements + "\n}\n}\n",
        "\n}\n}\n");

    /// <summary>Returns the reported diagnostics in the order of the code, such as <c>TK0001 "userName"</c>.</summary>
    public async Task<IReadOnlyList<string>> Reports() => [.. (await Diagnose(_document)).Select(Describe)];

    /// <summary>Returns the messages of the reported diagnostics.</summary>
    public async Task<IReadOnlyList<string>> Messages() =>
        [.. (await Diagnose(_document)).Select(found => found.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Returns the titles of the fixes that are offered for the reported diagnostics.</summary>
    public async Task<IReadOnlyList<string>> Fixes()
    {
        var titles = new List<string>();
        foreach (var diagnostic in await Diagnose(_document))
            titles.AddRange((await FixesOf(_document, diagnostic)).Select(fix => fix.Title));
        return titles;
    }

    /// <summary>Applies a fix until it is no longer offered, and returns the code. The code must still compile.</summary>
    public async Task<string> After(string title)
    {
        var document = _document;
        for (var i = 0; i < 20; i++)
        {
            CodeAction? fix = null;
            foreach (var diagnostic in await Diagnose(document))
                fix ??= (await FixesOf(document, diagnostic)).FirstOrDefault(offered => offered.Title == title);
            if (fix is null)
            {
                Assert.True(i > 0, $"the fix '{title}' is not offered");
                break;
            }

            document = await Apply(document, fix);
        }

        return Body((await document.GetTextAsync()).ToString());
    }

    /// <summary>Applies "fix all in document" and returns the code.</summary>
    public async Task<string> AfterAll(string title)
    {
        var diagnostics = await Diagnose(_document);
        var action = (await FixesOf(_document, diagnostics[0])).First(fix => fix.Title == title);
        var provider = ProviderOf(action);
        var context = new FixAllContext(
            _document, provider, FixAllScope.Document, action.EquivalenceKey, provider.FixableDiagnosticIds,
            new DiagnosticProvider(diagnostics), default);
        var all = await provider.GetFixAllProvider()!.GetFixAsync(context);
        return Body((await (await Apply(_document, all!)).GetTextAsync()).ToString());
    }

    private static bool IsReferenced(string path)
    {
        var name = Path.GetFileName(path);
        return name == "TelemetryKit.dll" || name.StartsWith("System.", StringComparison.Ordinal);
    }

    private static CodeFixProvider[] Providers => [new RemoveEntryFix(), new AnonymousFormFix()];

    private static CodeFixProvider ProviderOf(CodeAction fix) =>
        fix.Title == "Remove this entry" ? new RemoveEntryFix() : new AnonymousFormFix();

    private static async Task<List<CodeAction>> FixesOf(Document document, Diagnostic diagnostic)
    {
        var fixes = new List<CodeAction>();
        foreach (var provider in Providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await provider.RegisterCodeFixesAsync(new(document, diagnostic, (fix, _) => fixes.Add(fix), default));
        return fixes;
    }

    private static async Task<Document> Apply(Document document, CodeAction fix)
    {
        var changed = (await fix.GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return changed.GetDocument(document.Id)!;
    }

    private static async Task<ImmutableArray<Diagnostic>> Diagnose(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var errors = compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors) + "\n" + await document.GetTextAsync());
        var found = await compilation.WithAnalyzers([new PersonalDataAnalyzer(), new OperationAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return
        [
            .. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal),
        ];
    }

    private static string Describe(Diagnostic found) =>
        found.Id + " " + found.Location.SourceTree!.GetText().ToString(found.Location.SourceSpan);

    private string Body(string source)
    {
        var start = source.IndexOf("class Tool", StringComparison.Ordinal);
        start = source.IndexOf('{', start) + 1;
        if (_end.Length > "\n}\n".Length)
            start = source.IndexOf('{', start) + 1;
        return source[start..^_end.Length].Trim();
    }

    private sealed class DiagnosticProvider(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
