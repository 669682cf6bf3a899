using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace TelemetryKit.Analyzers.Tests;

/// <summary>A piece of an author's code, compiled against the real SDK, with what the analyzer says about it.</summary>
internal sealed class Snippet
{
    private const string Head = """
        using System;
        using System.IO;
        using System.Net;
        using TelemetryKit;

        class Tool
        {

        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "TelemetryKit.dll" || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
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

    /// <summary>Members of a class.</summary>
    public static Snippet Members(string members) => new(Head + members + "\n}\n", "\n}\n");

    /// <summary>Statements of a method, with what they may need in parameters.</summary>
    public static Snippet Statements(string statements) => new(
        Head + "void Run(ITelemetryClient telemetry, TelemetryMetadata metadata, TelemetryOptions options, string text, string[] args)\n{\n" +
        statements + "\n}\n}\n",
        "\n}\n}\n");

    /// <summary>What is reported, in the order of the code: <c>TK0001 "userName"</c>.</summary>
    public async Task<IReadOnlyList<string>> Reports() => [.. (await Diagnose(_document)).Select(Describe)];

    /// <summary>The messages of what is reported.</summary>
    public async Task<IReadOnlyList<string>> Messages() =>
        [.. (await Diagnose(_document)).Select(found => found.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The titles of the fixes that are offered for all that is reported.</summary>
    public async Task<IReadOnlyList<string>> Fixes()
    {
        var titles = new List<string>();
        foreach (var diagnostic in await Diagnose(_document))
            titles.AddRange((await FixesOf(_document, diagnostic)).Select(fix => fix.Title));
        return titles;
    }

    /// <summary>The code after a fix was applied until it was offered no more; it must still compile.</summary>
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

    /// <summary>The code after "fix all in document".</summary>
    public async Task<string> AfterAll(string title)
    {
        var diagnostics = await Diagnose(_document);
        var (provider, action) = (await FixesOf(_document, diagnostics[0])).Select(fix => (ProviderOf(fix), fix)).First(fix => fix.fix.Title == title);
        var context = new FixAllContext(
            _document, provider, FixAllScope.Document, action.EquivalenceKey, provider.FixableDiagnosticIds, new Known(diagnostics), default);
        var all = await provider.GetFixAllProvider()!.GetFixAsync(context);
        return Body((await (await Apply(_document, all!)).GetTextAsync()).ToString());
    }

    private static CodeFixProvider[] Providers => [new RemoveEntryFix(), new AnonymousFormFix()];

    private static CodeFixProvider ProviderOf(CodeAction fix) => fix.Title == "Remove this entry" ? new RemoveEntryFix() : new AnonymousFormFix();

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
        var found = await compilation.WithAnalyzers([new PersonalDataAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];
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

    private sealed class Known(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
