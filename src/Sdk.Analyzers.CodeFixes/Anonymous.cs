using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace TelemetryKit.Analyzers;

/// <summary>Creates anonymous forms of expressions. Its methods return null if there is no such form.</summary>
internal static class Anonymous
{
    /// <summary><c>Path.GetExtension(path)</c>, or <c>file.Extension</c> for a <c>FileInfo</c>.</summary>
    public static ExpressionSyntax? Extension(ExpressionSyntax personal, SemanticModel model)
    {
        if (personal is MemberAccessExpressionSyntax { Name.Identifier.Text: "FullName" } member)
            personal = member.Expression;
        if (InheritsFrom(model.GetTypeInfo(personal).Type, "FileSystemInfo"))
            return Member(personal, "Extension");
        if (!IsText(personal, model))
            return null;
        // The extension of a full path is the same as that of the original path.
        var path = personal is InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetFullPath" },
            ArgumentList.Arguments: { Count: 1 } arguments,
        }
            ? arguments[0].Expression
            : personal;
        var getExtension = ParseExpression("global::System.IO.Path.GetExtension").WithAdditionalAnnotations(Simplifier.Annotation);
        return Call(getExtension, path);
    }

    /// <summary><c>exception.GetType().Name</c></summary>
    public static ExpressionSyntax? ExceptionType(ExpressionSyntax personal, SemanticModel model)
    {
        var exception = personal switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax toString } => toString.Expression,
            MemberAccessExpressionSyntax { Name.Identifier.Text: "Message" or "StackTrace" } member => member.Expression,
            _ => personal,
        };
        return InheritsFrom(model.GetTypeInfo(exception).Type, "Exception")
            ? Member(InvocationExpression(Member(exception, "GetType")), "Name")
            : null;
    }

    /// <summary><c>!string.IsNullOrEmpty(text)</c>, if the value may be replaced by a boolean.</summary>
    public static ExpressionSyntax? Presence(ExpressionSyntax personal, ExpressionSyntax value, SemanticModel model)
    {
        if (!IsText(personal, model) || model.GetTypeInfo(value).ConvertedType?.Name != "MetadataValue")
            return null;
        var isNullOrEmpty = Call(Member(PredefinedType(Token(SyntaxKind.StringKeyword)), "IsNullOrEmpty"), personal);
        return PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, isNullOrEmpty);
    }

    /// <summary>Returns whether an expression is a string. The part after <c>?.</c> does not count, because it cannot be moved.</summary>
    private static bool IsText(ExpressionSyntax expression, SemanticModel model) =>
        expression is not MemberBindingExpressionSyntax and not InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax }
        && model.GetTypeInfo(expression).Type?.SpecialType == SpecialType.System_String;

    private static bool InheritsFrom(ITypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name == name)
                return true;
        }

        return false;
    }

    private static MemberAccessExpressionSyntax Member(ExpressionSyntax of, string name) =>
        MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, of.WithoutTrivia(), IdentifierName(name));

    private static InvocationExpressionSyntax Call(ExpressionSyntax method, ExpressionSyntax argument) =>
        InvocationExpression(method, ArgumentList(SingletonSeparatedList(Argument(argument.WithoutTrivia()))));
}
