using TelemetryKit.Core.Sharing;

namespace TelemetryKit.Api.Sharing;

/// <summary>The codes of sections in the API.</summary>
internal static class ShareSectionCodes
{
    private static readonly ShareSections[] Each = [.. Enum.GetValues<ShareSections>().Where(section => section != ShareSections.None)];

    /// <summary>The codes of all sections.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Each.Select(CodeOf)];

    /// <summary>Returns the codes of all sections in a set.</summary>
    public static IReadOnlyList<string> Codes(this ShareSections sections) =>
        [.. Each.Where(section => sections.HasFlag(section)).Select(CodeOf)];

    /// <summary>Parses a set. Returns <c>null</c> if it is empty or has an unknown code.</summary>
    public static ShareSections? TryParse(IReadOnlyList<string>? codes)
    {
        var sections = ShareSections.None;
        foreach (var code in codes ?? [])
        {
            var index = Array.FindIndex(Each, section => CodeOf(section) == code);
            if (index < 0)
                return null;
            sections |= Each[index];
        }

        return sections == ShareSections.None ? null : sections;
    }

    private static string CodeOf(ShareSections section) => section.ToString().ToLowerInvariant();
}
