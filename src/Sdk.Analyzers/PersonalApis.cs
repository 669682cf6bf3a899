using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>Recognizes members and types of the framework that reveal the identity or location of a person.</summary>
internal static class PersonalApis
{
    private static readonly PersonalData UserName = new("the name of the user's account", AnonymousForm.None);
    private static readonly PersonalData Machine = new("the name of the user's machine", AnonymousForm.None);
    private static readonly PersonalData Network = new("a network address", AnonymousForm.None);
    private static readonly PersonalData Person = new("the identity of a person", AnonymousForm.None);
    private static readonly PersonalData File = new("a file on the user's machine", AnonymousForm.Extension);
    private static readonly PersonalData Folder = new("a folder on the user's machine", AnonymousForm.None);
    private static readonly PersonalData FileContent = new("the content of a file", AnonymousForm.None);
    private static readonly PersonalData Input = new("what the user typed", AnonymousForm.None);
    private static readonly PersonalData Variable = new("an environment variable that names the user or machine", AnonymousForm.None);
    private static readonly PersonalData ErrorText = new(
        "an exception's text, which may quote paths, names and input", AnonymousForm.ExceptionType);

    private static readonly Dictionary<string, PersonalData> Members = new(StringComparer.Ordinal)
    {
        ["System.Environment.UserName"] = UserName,
        ["System.Environment.UserDomainName"] = UserName,
        ["System.Security.Principal.IIdentity.Name"] = UserName,
        ["System.Environment.MachineName"] = Machine,
        ["System.Diagnostics.Process.MachineName"] = Machine,
        ["System.Net.Dns.GetHostName"] = Machine,
        ["System.Net.NetworkInformation.IPGlobalProperties.HostName"] = Machine,
        ["System.Environment.CommandLine"] = Input,
        ["System.Environment.GetCommandLineArgs"] = Input,
        ["System.Environment.CurrentDirectory"] = Folder,
        ["System.IO.Directory.GetCurrentDirectory"] = Folder,
        ["System.IO.Path.GetTempPath"] = Folder,
        ["System.IO.Path.GetDirectoryName"] = Folder,
        ["System.AppContext.BaseDirectory"] = Folder,
        ["System.AppDomain.BaseDirectory"] = Folder,
        ["System.IO.FileInfo.DirectoryName"] = Folder,
        ["System.Environment.ProcessPath"] = File,
        ["System.Reflection.Assembly.Location"] = File,
        ["System.IO.Path.GetFullPath"] = File,
        ["System.IO.Path.GetRelativePath"] = File,
        ["System.IO.Path.GetTempFileName"] = File,
        ["System.IO.Path.GetFileName"] = File,
        ["System.IO.Path.GetFileNameWithoutExtension"] = File,
        ["System.IO.FileSystemInfo.FullName"] = File,
        ["System.IO.FileSystemInfo.Name"] = File,
        ["System.Console.ReadLine"] = Input,
        ["System.Console.ReadKey"] = Input,
        ["System.Console.In"] = Input,
        ["System.IO.File.ReadAllText"] = FileContent,
        ["System.IO.File.ReadAllTextAsync"] = FileContent,
        ["System.IO.File.ReadAllLines"] = FileContent,
        ["System.IO.File.ReadAllLinesAsync"] = FileContent,
        ["System.IO.File.ReadLines"] = FileContent,
        ["System.IO.File.ReadAllBytes"] = FileContent,
        ["System.IO.File.ReadAllBytesAsync"] = FileContent,
        ["System.IO.TextReader.ReadLine"] = FileContent,
        ["System.IO.TextReader.ReadLineAsync"] = FileContent,
        ["System.IO.TextReader.ReadToEnd"] = FileContent,
        ["System.IO.TextReader.ReadToEndAsync"] = FileContent,
        ["System.Exception.Message"] = ErrorText,
        ["System.Exception.StackTrace"] = ErrorText,
    };

    private static readonly Dictionary<string, PersonalData> Types = new(StringComparer.Ordinal)
    {
        ["System.Net.IPAddress"] = Network,
        ["System.Net.EndPoint"] = Network,
        ["System.Net.NetworkInformation.PhysicalAddress"] = Network,
        ["System.Net.Mail.MailAddress"] = Person,
        ["System.Security.Principal.IIdentity"] = Person,
        ["System.Security.Principal.IPrincipal"] = Person,
        ["System.IO.FileInfo"] = File,
        ["System.IO.DirectoryInfo"] = Folder,
        ["System.Exception"] = ErrorText,
    };

    private static readonly HashSet<string> Variables = new(
        ["USER", "USERNAME", "LOGNAME", "SUDO_USER", "HOME", "USERPROFILE", "HOMEPATH", "HOSTNAME", "COMPUTERNAME", "PWD", "OLDPWD",
            "APPDATA", "LOCALAPPDATA", "SSH_CLIENT", "SSH_CONNECTION"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> CommandLineNames = new(["args", "argv", "arguments"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the kind of personal data that values of a type are, or null.</summary>
    public static PersonalData? OfType(ITypeSymbol? type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (Types.TryGetValue(current.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat), out var found))
                return found;
        }

        if (type is null)
            return null;
        foreach (var implemented in type.AllInterfaces)
        {
            if (Types.TryGetValue(implemented.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat), out var found))
                return found;
        }

        return null;
    }

    /// <summary>Returns the kind of personal data that a property returns, or null.</summary>
    public static PersonalData? OfProperty(IPropertySymbol property)
    {
        // Exceptions override Message and principals implement Name: the original declaration is the one that is listed.
        for (var declared = property; declared is not null; declared = declared.OverriddenProperty)
        {
            if (Members.TryGetValue(NameOf(declared), out var found))
                return found;
        }

        foreach (var implemented in property.ContainingType.AllInterfaces)
        {
            if (Members.TryGetValue(implemented.ToDisplayString() + "." + property.Name, out var found))
                return found;
        }

        return null;
    }

    /// <summary>Returns the kind of personal data that a parameter contains, or null: the arguments of the command line.</summary>
    public static PersonalData? OfParameter(IParameterSymbol parameter) =>
        CommandLineNames.Contains(parameter.Name)
        && parameter.Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_String }
            ? Input
            : null;

    /// <summary>Returns the kind of personal data that a call returns, or null.</summary>
    public static PersonalData? OfCall(IInvocationOperation call)
    {
        for (var declared = call.TargetMethod; declared is not null; declared = declared.OverriddenMethod)
        {
            if (Members.TryGetValue(NameOf(declared), out var found))
                return found;
        }

        var name = NameOf(call.TargetMethod);
        if (name is not ("System.Environment.GetFolderPath" or "System.Environment.GetEnvironmentVariable"))
            return null;

        var argument = call.Arguments[0].Value;
        if (call.TargetMethod.Name == "GetEnvironmentVariable")
            return argument.ConstantValue is { HasValue: true, Value: string variable } ? OfVariable(variable) : null;
        return argument is IFieldReferenceOperation folder && IsSharedByAllUsers(folder.Field.Name) ? null : Folder;
    }

    private static PersonalData? OfVariable(string name) => Variables.Contains(name) ? Variable : PersonalWords.Find(name);

    /// <summary>Returns whether the framework declares a member, so that only the listed members count.</summary>
    public static bool IsFramework(ISymbol symbol)
    {
        if (symbol.ContainingType is null || symbol is IParameterSymbol or ILocalSymbol)
            return false;
        var space = symbol.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name == "System";
    }

    private static bool IsSharedByAllUsers(string folder) =>
        folder.StartsWith("Common", StringComparison.Ordinal) || folder.StartsWith("Program", StringComparison.Ordinal)
        || folder is "System" or "SystemX86" or "Windows";

    private static string NameOf(ISymbol member) => member.ContainingType.ToDisplayString() + "." + member.Name;
}
