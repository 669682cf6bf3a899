using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TelemetryKit.Repo.Tests;

/// <summary>A page about the public API of the .NET SDK's packages, out of their XML documentation.</summary>
internal sealed partial class ApiPage
{
    private static readonly (string Project, string Assembly)[] Packages =
    [
        ("Sdk", "TelemetryKit"), ("Sdk.CommandLine", "TelemetryKit.CommandLine"), ("Sdk.Hosting", "TelemetryKit.Hosting"),
        ("Sdk.Sqlite", "TelemetryKit.Sqlite"), ("Sdk.Testing", "TelemetryKit.Testing"),
    ];

    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters)
        .WithParameterOptions(
            SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut
            | SymbolDisplayParameterOptions.IncludeExtensionThis);

    private readonly StringBuilder _text = new();
    private readonly CSharpCompilation _compilation;
    private readonly Dictionary<string, XElement> _documentation;

    private ApiPage()
    {
        var assemblies = Packages.Select(package => Output(package.Project, package.Assembly)).ToList();
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal)
                || name is "netstandard.dll" or "mscorlib.dll"));
        var others = assemblies.SelectMany(path => Directory.GetFiles(Path.GetDirectoryName(path)!, "*.dll"))
            .Where(path => Path.GetFileName(path) is var name && !name.StartsWith("System.", StringComparison.Ordinal)
                && !Packages.Any(package => name == package.Assembly + ".dll"));
        _compilation = CSharpCompilation.Create(
            "Page",
            references: framework.Concat(assemblies).Concat(others.DistinctBy(Path.GetFileName))
                .Select(path => MetadataReference.CreateFromFile(path)));
        _documentation = assemblies.SelectMany(path => XDocument.Load(Path.ChangeExtension(path, ".xml")).Descendants("member"))
            .ToDictionary(member => (string)member.Attribute("name")!);
    }

    /// <summary>Returns the page as Markdown.</summary>
    public static string Write()
    {
        var page = new ApiPage();
        page.Line("# The API of the .NET SDK");
        page.Line();
        page.Paragraph(
            "Every public type and member of the packages, from their XML documentation. This page is generated: `ApiPageTests` compares "
            + "it, and names the file to copy. The other pages explain how to use them; [README.md](README.md) is the first.");
        foreach (var (_, assembly) in Packages)
            page.Package(assembly);
        return page._text.ToString();
    }

    private static string Output(string project, string assembly)
    {
        var folder = Path.Combine(Tree.Root, "src", project, "bin", Tree.Configuration);
        return Directory.GetFiles(folder, assembly + ".dll", SearchOption.AllDirectories)
            .Where(path => !path.Contains("netstandard", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();
    }

    private void Package(string name)
    {
        Line();
        Line("## " + name);
        var types = _compilation.References.Select(_compilation.GetAssemblyOrModuleSymbol).OfType<IAssemblySymbol>()
            .Single(assembly => assembly.Name == name);
        foreach (var type in TypesOf(types.GlobalNamespace).OrderBy(type => type.Name, StringComparer.Ordinal))
            Type(type);
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceSymbol space) =>
        space.GetTypeMembers().SelectMany(type => type.GetTypeMembers().Prepend(type)).Where(IsVisible)
            .Concat(space.GetNamespaceMembers().SelectMany(TypesOf));

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected
        && (symbol.ContainingType is not { } outer || IsVisible(outer));

    private void Type(INamedTypeSymbol type)
    {
        Line();
        Line("### " + type.Name);
        Line();
        var kind = type.IsStatic ? "Static class" : type.TypeKind == TypeKind.Struct ? "Structure" : type.TypeKind.ToString();
        Paragraph($"{kind}. {Summary(type)}");
        var members = type.GetMembers().Where(IsListed).OrderBy(member => Place(type, member)).ToList();
        if (members.Count == 0)
            return;
        Line();
        Line("| member | |");
        Line("|---|---|");
        foreach (var member in members)
            Line($"| `{Describe(member)}` | {Summary(member).Replace("|", "\\|", StringComparison.Ordinal)} |");
    }

    private static int Place(INamedTypeSymbol type, ISymbol member) => type.GetMembers().IndexOf(member);

    private static bool IsListed(ISymbol member) => IsVisible(member) && !member.IsImplicitlyDeclared && member switch
    {
        IMethodSymbol method => method.MethodKind switch
        {
            MethodKind.Ordinary => method.OverriddenMethod is null && method.Name is not ("Equals" or "GetHashCode"),
            MethodKind.Constructor or MethodKind.Conversion => true,
            _ => false,
        },
        IPropertySymbol property => property.OverriddenProperty is null,
        IFieldSymbol or IEventSymbol => true,
        _ => false,
    };

    private static string Describe(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "new " + member.ToDisplayString(Signature),
        IMethodSymbol { MethodKind: MethodKind.Conversion } conversion =>
            $"implicit {Short(conversion.Parameters[0].Type)} → {Short(conversion.ReturnType)}",
        IMethodSymbol method => $"{Short(method.ReturnType)} {member.ToDisplayString(Signature)}",
        IPropertySymbol property => $"{Short(property.Type)} {member.ToDisplayString(Signature)} {{{Accessors(property)} }}",
        IFieldSymbol { HasConstantValue: true, ContainingType.TypeKind: TypeKind.Enum } field =>
            string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {field.ConstantValue}"),
        IFieldSymbol { HasConstantValue: true } field =>
            $"const {Short(field.Type)} {field.Name} = {SymbolDisplay.FormatPrimitive(field.ConstantValue!, true, false)}",
        IFieldSymbol field => $"{Short(field.Type)} {field.Name}",
        _ => member.ToDisplayString(Signature),
    };

    private static string Short(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    private static string Accessors(IPropertySymbol property) =>
        Accessor(property.GetMethod, "get") + Accessor(property.SetMethod, property.SetMethod?.IsInitOnly == true ? "init" : "set");

    private static string Accessor(IMethodSymbol? accessor, string text) => accessor is not null && IsVisible(accessor) ? $" {text};" : "";

    private string Summary(ISymbol symbol)
    {
        var id = symbol.GetDocumentationCommentId()!;
        if (!_documentation.TryGetValue(id, out var element))
            return "";
        if (element.Element("inheritdoc") is { } inherited)
        {
            var source = (string?)inherited.Attribute("cref") is { } cref ? cref : Inherited(symbol)?.GetDocumentationCommentId();
            return source is not null && _documentation.TryGetValue(source, out var found) ? Text(found.Element("summary")) : "";
        }

        return Text(element.Element("summary"));
    }

    private static ISymbol? Inherited(ISymbol symbol) => symbol.ContainingType?.AllInterfaces
        .SelectMany(one => one.GetMembers()).FirstOrDefault(
            member => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol));

    private static string Text(XElement? element)
    {
        if (element is null)
            return "";
        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "para" } inner => " " + Text(inner) + " ",
            XElement inner when (string?)inner.Attribute("cref") is { } cref => $"`{NameOf(cref)}`",
            XElement inner when (string?)(inner.Attribute("name") ?? inner.Attribute("langword")) is { } name => $"`{name}`",
            XElement inner => inner.Value,
            _ => "",
        }));
        return Blanks().Replace(text, " ").Trim();
    }

    // "M:TelemetryKit.TelemetryOperation.Failed(System.Int32)" is "TelemetryOperation.Failed" or, for a type, "TelemetryOperation".
    private static string NameOf(string cref)
    {
        var names = cref[2..].Split('(')[0].Split('.');
        var name = names[^1].Split('`')[0];
        return cref[0] == 'T' || names.Length < 2 ? name : $"{names[^2]}.{(name == "#ctor" ? "new" : name)}";
    }

    private void Paragraph(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > 140)
            {
                Line(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Line(line.ToString());
    }

    private void Line(string text = "") => _text.Append(text).Append('\n');

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
