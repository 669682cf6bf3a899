using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace TelemetryKit.Analyzers;

/// <summary>Removes the metadata entry that looks like personal data.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveEntryFix))]
[Shared]
public sealed class RemoveEntryFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.PersonalKey, DiagnosticIds.PersonalValue];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (diagnostic.AdditionalLocations.Count < 2)
                continue;
            var entry = root.FindNode(diagnostic.AdditionalLocations[1].SourceSpan, getInnermostNodeForTie: true);
            if (Without(root, entry) is not { } changed)
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Remove this entry", _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), nameof(RemoveEntryFix)),
                diagnostic);
        }
    }

    /// <summary>Returns the code without the entry, or null if the entry cannot be removed.</summary>
    private static SyntaxNode? Without(SyntaxNode root, SyntaxNode entry) => entry switch
    {
        // { ["key"] = value } and { { "key", value } }
        { Parent: InitializerExpressionSyntax initializer } => root.ReplaceNode(initializer, Without(initializer, (ExpressionSyntax)entry)),
        // operation.With("key", value).Succeeded()
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "With" } with,
            Parent: not ExpressionStatementSyntax,
        } => root.ReplaceNode(entry, with.Expression.WithTriviaFrom(entry)),
        // operation.With("other", value).With("key", value);
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "With", Expression: InvocationExpressionSyntax before },
        } => root.ReplaceNode(entry, before.WithTriviaFrom(entry)),
        // metadata["key"] = value; and metadata.Add("key", value);
        { Parent: ExpressionStatementSyntax statement } => Without(root, statement),
        _ => null,
    };

    private static InitializerExpressionSyntax Without(InitializerExpressionSyntax initializer, ExpressionSyntax entry)
    {
        var last = initializer.Expressions.IndexOf(entry) == initializer.Expressions.Count - 1;
        var shorter = initializer.Expressions.Remove(entry);
        // The line break after the last entry is part of it, and moves to the new last entry.
        if (last && shorter.Count > 0 && shorter.SeparatorCount < shorter.Count)
            shorter = shorter.Replace(shorter[shorter.Count - 1], shorter[shorter.Count - 1].WithTrailingTrivia(entry.GetTrailingTrivia()));
        return initializer.WithExpressions(shorter).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static SyntaxNode? Without(SyntaxNode root, ExpressionStatementSyntax statement) => statement.Parent switch
    {
        BlockSyntax or SwitchSectionSyntax => root.RemoveNode(statement, SyntaxRemoveOptions.KeepUnbalancedDirectives),
        GlobalStatementSyntax global => root.RemoveNode(global, SyntaxRemoveOptions.KeepUnbalancedDirectives),
        // if (condition) metadata["key"] = value;
        _ => root.ReplaceNode(statement, SyntaxFactory.ParseStatement("{ }").WithTriviaFrom(statement)),
    };
}
