namespace TelemetryKit.Privacy;

/// <summary>A rule of <c>spec/scrubbing.json</c>.</summary>
/// <param name="name">The rule's name.</param>
/// <param name="replacement">The text that replaces a match.</param>
/// <param name="regex">The regex to match.</param>
/// <param name="notBefore">Characters that must not precede a match, as the inside of a regex class; null allows all.</param>
/// <param name="notAfter">Characters that must not follow a match; null allows all.</param>
/// <param name="check">An additional condition, or null.</param>
internal sealed class Pattern(
    string name, string replacement, string regex, string? notBefore = null, string? notAfter = null,
    Func<string, int, int, bool>? check = null)
{
    private readonly CharacterClass? _notBefore = notBefore is null ? null : CharacterClass.Parse(notBefore);
    private readonly CharacterClass? _notAfter = notAfter is null ? null : CharacterClass.Parse(notAfter);
    private readonly Matcher _matcher = new(regex);

    public string Name => name;

    public string Replacement => replacement;

    public string Regex => regex;

    public string? NotBefore => notBefore;

    public string? NotAfter => notAfter;

    public bool HasCheck => check is not null;

    /// <summary>Matches the rule at a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the match has to begin.</param>
    /// <param name="from">The start of the part to replace.</param>
    /// <param name="to">The end of the part to replace.</param>
    /// <param name="end">The end of the match, where scrubbing continues.</param>
    public bool TryMatch(string text, int position, out int from, out int to, out int end)
    {
        from = to = end = 0;
        if (!_matcher.CanBegin(text[position]))
            return false;
        if (_notBefore is not null && position > 0 && _notBefore.Contains(text[position - 1]))
            return false;
        if (!_matcher.TryMatch(text, position, out end, out from, out to))
            return false;
        if (_notAfter is not null && end < text.Length && _notAfter.Contains(text[end]))
            return false;
        // The check "digit" applies to the replaced part, the others to the whole match.
        return check is null || (ReferenceEquals(check, Checks.Digit) ? check(text, from, to) : check(text, position, end));
    }
}
