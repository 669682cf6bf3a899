using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TelemetryKit.Analyzers;

/// <summary>Replaces a personal value by an anonymous form of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AnonymousFormFix))]
[Shared]
public sealed class AnonymousFormFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.PersonalValue];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var personal = Expression(root, diagnostic.Location);
            var value = Expression(root, diagnostic.AdditionalLocations[0]);
            if (personal is null || value is null)
                continue;
            diagnostic.Properties.TryGetValue(nameof(AnonymousForm), out var form);
            var (title, replaced, by) = form switch
            {
                nameof(AnonymousForm.Extension) => ("Record the file's extension only", personal, Anonymous.Extension(personal, model)),
                nameof(AnonymousForm.ExceptionType) =>
                    ("Record the exception's type only", personal, Anonymous.ExceptionType(personal, model)),
                nameof(AnonymousForm.Presence) => ("Record only whether there is one", value, Anonymous.Presence(personal, value, model)),
                _ => ("", value, null),
            };
            if (by is null)
                continue;
            var changed = root.ReplaceNode(replaced, by.WithTriviaFrom(replaced));
            context.RegisterCodeFix(
                CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), form), diagnostic);
        }
    }

    private static ExpressionSyntax? Expression(SyntaxNode root, Location place) =>
        root.FindNode(place.SourceSpan, getInnermostNodeForTie: true) as ExpressionSyntax;
}
