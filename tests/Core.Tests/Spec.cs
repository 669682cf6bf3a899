using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TelemetryKit.Core.Tests;

/// <summary>Reads the files of <c>spec/</c>, which the server and every SDK are tested against.</summary>
internal static class Spec
{
    public static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), path))).RootElement;

    public static byte[] Bytes(string path) => File.ReadAllBytes(Path.Combine(Folder(), path));

    public static string ReadText(string path) => File.ReadAllText(Path.Combine(Folder(), path));

    public static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Folder(), folder), "*.json").Order(StringComparer.Ordinal);

    private static string Folder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../spec"));
}
