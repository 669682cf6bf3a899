using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>
/// Searches a recorded expression for personal data that would be part of the recorded value. It follows operations that preserve a text,
/// such as <c>+</c>, <c>??</c>, interpolation and <c>ToLower()</c>, and stops at those that produce something else: a length, a comparison
/// or an unknown call.
/// </summary>
internal static class ValueInspector
{
    /// <summary>
    /// The kind of a collection expression. The referenced compiler does not define it yet, and uses None instead.
    /// </summary>
    private const OperationKind CollectionExpression = (OperationKind)0x7F;

    /// <summary>Returns the first personal expression in a value, or null if there is none.</summary>
    public static Finding? Find(IOperation? value) => Find(value, followLocals: true);

    private static Finding? Find(IOperation? value, bool followLocals)
    {
        // A constant is the same for all users.
        if (value is null || value.ConstantValue.HasValue)
            return null;
        return value switch
        {
            IConversionOperation conversion => Find(conversion.Operand, followLocals),
            IParenthesizedOperation inner => Find(inner.Operand, followLocals),
            IAwaitOperation awaited => Find(awaited.Operation, followLocals),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum => FindFirst([sum.LeftOperand, sum.RightOperand], followLocals),
            ICoalesceOperation either => FindFirst([either.Value, either.WhenNull], followLocals),
            IConditionalOperation either => FindFirst([either.WhenTrue, either.WhenFalse], followLocals),
            ISwitchExpressionOperation arms => FindFirst(arms.Arms.Select(arm => arm.Value), followLocals),
            IConditionalAccessOperation access => Find(access.WhenNotNull, followLocals),
            IConditionalAccessInstanceOperation instance => Find(ReceiverOf(instance), followLocals),
            IInterpolatedStringOperation text =>
                FindFirst(text.Parts.OfType<IInterpolationOperation>().Select(part => part.Expression), followLocals),
            IArrayCreationOperation { Initializer: { } items } => FindFirst(items.ElementValues, followLocals),
            IArrayElementReferenceOperation element => FindInElement(element, followLocals),
            IInvocationOperation call => FindInCall(call, followLocals),
            IPropertyReferenceOperation property =>
                Found(property, PersonalApis.OfProperty(property.Property) ?? ByTypeOrName(property, property.Property)),
            IFieldReferenceOperation field => Found(field, ByTypeOrName(field, field.Field)),
            IParameterReferenceOperation parameter =>
                Found(parameter, PersonalApis.OfParameter(parameter.Parameter) ?? ByTypeOrName(parameter, parameter.Parameter)),
            ILocalReferenceOperation local =>
                Found(local, ByTypeOrName(local, local.Local) ?? (followLocals ? ByOrigin(local) : null)),
            { Kind: OperationKind.None or CollectionExpression } => FindFirst(value.ChildOperations, followLocals),
            _ => Found(value, PersonalApis.OfType(value.Type)),
        };
    }

    private static Finding? FindFirst(IEnumerable<IOperation?> values, bool followLocals)
    {
        foreach (var value in values)
        {
            if (Find(value, followLocals) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Returns the expression before the <c>?.</c> that an instance stands for.</summary>
    private static IOperation? ReceiverOf(IOperation instance)
    {
        var inner = instance;
        for (var around = instance.Parent; around is not null; (inner, around) = (around, around.Parent))
        {
            if (around is IConditionalAccessOperation access && access.WhenNotNull == inner)
                return access.Operation;
        }

        return null;
    }

    private static Finding? FindInElement(IArrayElementReferenceOperation element, bool followLocals)
    {
        if (Find(element.ArrayReference, followLocals) is not { } found || IsAmongKnown(element))
            return null;
        // The element is what is recorded, not the array.
        return found.Expression == element.ArrayReference ? new(element, found.Data) : found;
    }

    /// <summary>
    /// Returns whether a surrounding condition compares a value with known ones, so that it is one of them:
    /// <c>Commands.Contains(args[0]) ? args[0] : "other"</c>.
    /// </summary>
    private static bool IsAmongKnown(IOperation value)
    {
        var text = value.Syntax.ToString();
        var inner = value;
        for (var around = value.Parent; around is not null; (inner, around) = (around, around.Parent))
        {
            var isKnown = around switch
            {
                IConditionalOperation conditional => conditional.WhenTrue == inner && Compares(conditional.Condition, text),
                ISwitchCaseOperation { Parent: ISwitchOperation of } section =>
                    of.Value.Syntax.ToString() == text && section.Clauses.All(IsKnown),
                ISwitchExpressionArmOperation { Parent: ISwitchExpressionOperation of } arm =>
                    of.Value.Syntax.ToString() == text && IsKnown(arm.Pattern),
                _ => false,
            };
            if (isKnown)
                return true;
        }

        return false;
    }

    /// <summary>Returns whether a value that a case or a pattern matches is one of its constants.</summary>
    private static bool IsKnown(IOperation match) => match switch
    {
        ISingleValueCaseClauseOperation or IConstantPatternOperation => true,
        IPatternCaseClauseOperation clause => IsKnown(clause.Pattern),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either =>
            IsKnown(either.LeftPattern) && IsKnown(either.RightPattern),
        IBinaryPatternOperation both => IsKnown(both.LeftPattern) || IsKnown(both.RightPattern),
        _ => false,
    };

    private static bool Compares(IOperation condition, string text) => condition switch
    {
        IParenthesizedOperation inner => Compares(inner.Operand, text),
        IConversionOperation inner => Compares(inner.Operand, text),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both =>
            Compares(both.LeftOperand, text) || Compares(both.RightOperand, text),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either =>
            Compares(either.LeftOperand, text) && Compares(either.RightOperand, text),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equality =>
            equality.LeftOperand.Syntax.ToString() == text || equality.RightOperand.Syntax.ToString() == text,
        IIsPatternOperation { Pattern: not INegatedPatternOperation } pattern => pattern.Value.Syntax.ToString() == text,
        IInvocationOperation { TargetMethod.Name: "Contains" or "ContainsKey" or "TryGetValue" or "Equals" } call =>
            call.Instance?.Type?.SpecialType != SpecialType.System_String || call.TargetMethod.Name == "Equals"
                ? call.Arguments.Any(argument => argument.Value.Syntax.ToString() == text)
                : false,
        _ => false,
    };

    private static Finding? FindInCall(IInvocationOperation call, bool followLocals)
    {
        if (PersonalApis.OfCall(call) is { } known)
            return IsAmongKnown(call) ? null : new(call, known);
        var method = call.TargetMethod;
        if (method.Name == "ToString" && call.Instance is { } receiver)
        {
            // The whole call is what has to be replaced, when it is what it is called on that tells.
            return Find(receiver, followLocals) is { } found ? (found.Expression == receiver ? new(call, found.Data) : found) : null;
        }

        if (call.Instance is { Type.SpecialType: SpecialType.System_String } text && CanIdentify(method.ReturnType))
            return Find(text, followLocals);
        if (PreservesItems(method))
        {
            return Find(call.Arguments[0].Value, followLocals) is { } items && !IsAmongKnown(call)
                ? (items.Expression == Unconverted(call.Arguments[0].Value) ? new(call, items.Data) : items)
                : null;
        }

        if (PreservesArguments(method))
            return FindFirst(call.Arguments.Select(argument => argument.Value), followLocals);
        return Found(call, ByTypeOrName(call, method));
    }

    private static bool PreservesArguments(IMethodSymbol method) => method.ContainingType.SpecialType == SpecialType.System_String
        ? method.Name is "Concat" or "Join" or "Format"
        : method.Name is "Combine" or "Join" && method.ContainingType.ToDisplayString() == "System.IO.Path";

    private static bool PreservesItems(IMethodSymbol method) =>
        method.ContainingType.ToDisplayString() == "System.Linq.Enumerable"
        && method.Name is "First" or "FirstOrDefault" or "Last" or "LastOrDefault" or "Single" or "SingleOrDefault" or "ElementAt"
            or "ElementAtOrDefault" or "Skip" or "SkipWhile" or "Take" or "TakeWhile" or "Where" or "Distinct" or "OrderBy"
            or "OrderByDescending" or "Reverse" or "AsEnumerable" or "ToArray" or "ToList";

    private static IOperation Unconverted(IOperation value) =>
        value is IConversionOperation conversion ? Unconverted(conversion.Operand) : value;

    private static Finding? Found(IOperation expression, PersonalData? data) => data is null ? null : new(expression, data);

    private static PersonalData? ByTypeOrName(IOperation value, ISymbol symbol) =>
        PersonalApis.OfType(value.Type) ??
        // The framework's members are not judged by name but listed: Type.FullName is not personal.
        (CanIdentify(value.Type) && !PersonalApis.IsFramework(symbol) ? PersonalWords.Find(symbol.Name) : null);

    /// <summary>
    /// Inspects where the value of a local comes from, one step back: <c>var path = Path.GetFullPath(file);</c>,
    /// <c>foreach (var arg in args)</c>, <c>args is [var first, ..]</c>
    /// </summary>
    private static PersonalData? ByOrigin(ILocalReferenceOperation local)
    {
        if (!CanIdentify(local.Type) || local.SemanticModel is not { } model)
            return null;
        foreach (var declaration in local.Local.DeclaringSyntaxReferences)
        {
            if (OriginOf(declaration.GetSyntax()) is { } origin)
                return Find(model.GetOperation(origin), followLocals: false) is { } found && !IsAmongKnown(local) ? found.Data : null;
        }

        return null;
    }

    private static ExpressionSyntax? OriginOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: { } initializer } => initializer,
        ForEachStatementSyntax loop => loop.Expression,
        SingleVariableDesignationSyntax designation => MatchedBy(designation),
        _ => null,
    };

    /// <summary>
    /// Returns the value that a pattern compares, if the variable of the pattern is the value itself or an item of it. A variable of a
    /// property is something else, and one that is compared with known values at the same time is one of them.
    /// </summary>
    private static ExpressionSyntax? MatchedBy(SingleVariableDesignationSyntax designation)
    {
        SyntaxNode inner = designation;
        for (var around = designation.Parent; around is not null; (inner, around) = (around, around.Parent))
        {
            switch (around)
            {
                case IsPatternExpressionSyntax { Expression: var value }:
                    return value;
                case SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax { GoverningExpression: var value } }:
                    return value;
                case CasePatternSwitchLabelSyntax { Parent.Parent: SwitchStatementSyntax { Expression: var value } }:
                    return value;
                case BinaryPatternSyntax { Left: var left, Right: var right } when left == inner ? IsKnown(right) : IsKnown(left):
                case PatternSyntax when !PreservesValue(around, inner):
                case not PatternSyntax:
                    return null;
            }
        }

        return null;
    }

    private static bool PreservesValue(SyntaxNode pattern, SyntaxNode inner) => pattern switch
    {
        VarPatternSyntax or DeclarationPatternSyntax or ParenthesizedPatternSyntax or BinaryPatternSyntax or ListPatternSyntax
            or SlicePatternSyntax => true,
        RecursivePatternSyntax { Designation: { } whole } => whole == inner,
        _ => false,
    };

    private static bool IsKnown(PatternSyntax pattern) => pattern switch
    {
        ConstantPatternSyntax => true,
        ParenthesizedPatternSyntax { Pattern: var inner } => IsKnown(inner),
        BinaryPatternSyntax { Left: var left, Right: var right } => IsKnown(left) && IsKnown(right),
        _ => false,
    };

    /// <summary>
    /// Returns whether values of a type can identify a person. Booleans and enumerations cannot; all other types can, including numbers.
    /// </summary>
    public static bool CanIdentify(ITypeSymbol? type) =>
        type is not null && type.SpecialType != SpecialType.System_Boolean && type.TypeKind != TypeKind.Enum;
}
