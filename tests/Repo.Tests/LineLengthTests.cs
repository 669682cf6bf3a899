using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>The maximum length of lines, which <c>.editorconfig</c> also sets for editors.</summary>
public partial class LineLengthTests
{
    private const int Max = 140;
    private static readonly string[] Extensions = [".cs", ".md", ".sh", ".props", ".csproj", ".targets"];
    private static readonly string[] OtherFiles = [".editorconfig", ".ci/run"];

    [Fact]
    public void No_line_is_too_long() => Expect.None(
        from file in Tree.Files.Select(file => file.Replace('\\', '/'))
        where Extensions.Contains(Path.GetExtension(file)) || OtherFiles.Contains(file)
        from line in Tree.Read(file).Split('\n').Select((text, i) => (Text: text.TrimEnd('\r'), Number: i + 1))
        where IsTooLong(line.Text, isMarkdown: file.EndsWith(".md", StringComparison.Ordinal))
        select $"{file}:{line.Number}: {line.Text.Length} characters");

    [Theory]
    [InlineData("", false, 140, false)]
    [InlineData("", false, 141, true)]
    [InlineData("", true, 141, true)]
    [InlineData("| a row of a table ", true, 141, false)]
    [InlineData("| a row of a table ", false, 141, true)]
    [InlineData("https://example.org/", true, 141, false)]
    [InlineData("[a page]: https://example.org/", true, 141, false)]
    [InlineData("See https://example.org/", true, 141, true)]
    [InlineData("https://example.org/ and ", true, 141, true)]
    [InlineData("// https://example.org/", false, 141, true)]
    public void Table_rows_and_URLs_in_markdown_are_excepted(string start, bool isMarkdown, int length, bool isTooLong) =>
        Assert.Equal(isTooLong, IsTooLong(start.PadRight(length, 'x'), isMarkdown));

    // Markdown can't wrap a row of a table or a URL. Text beside a URL is on other lines.
    private static bool IsTooLong(string line, bool isMarkdown) =>
        line.Length > Max && !(isMarkdown && (line.TrimStart().StartsWith('|') || LongUrl().IsMatch(line)));

    [GeneratedRegex(@"^\s*([-*] |\[[^\]]*\]: )?<?https?://\S+$")]
    private static partial Regex LongUrl();
}
