namespace TelemetryKit.Privacy;

/// <summary>A rule of <c>spec/scrubbing.json</c>.</summary>
/// <param name="name">The rule's name.</param>
/// <param name="replacement">The text that replaces a match.</param>
/// <param name="regex">The regex to match.</param>
/// <param name="notBefore">Characters that must not precede a match, as the inside of a regex class; null allows all.</param>
/// <param name="notAfter">Characters that must not follow a match; null allows all.</param>
/// <param name="check">An additional condition, or null.</param>
/// <param name="ignoreCase">Whether the ASCII letters of the regex stand for both cases.</param>
internal sealed class Pattern(
    string name, string replacement, string regex, string? notBefore = null, string? notAfter = null, Check? check = null,
    bool ignoreCase = false)
{
    private readonly CharacterClass? _notBefore = notBefore is null ? null : CharacterClass.Parse(notBefore);
    private readonly CharacterClass? _notAfter = notAfter is null ? null : CharacterClass.Parse(notAfter);
    private readonly Matcher _matcher = new(regex, ignoreCase);

    public string Name => name;

    public string Replacement => replacement;

    public string Regex => regex;

    public string? NotBefore => notBefore;

    public string? NotAfter => notAfter;

    public bool IgnoresCase => ignoreCase;

    public Check? Check => check;

    /// <summary>Matches the rule at a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the match has to begin.</param>
    /// <param name="match">The match.</param>
    public bool TryMatch(string text, int position, out Match match)
    {
        match = default;
        if (!_matcher.CanBegin(text[position]))
            return false;
        if (_notBefore is not null && position > 0 && _notBefore.Contains(text[position - 1]))
            return false;
        if (!_matcher.TryMatch(text, position, out match))
            return false;
        if (_notAfter is not null && match.End < text.Length && _notAfter.Contains(text[match.End]))
            return false;
        return check is null || check(text, match);
    }
}
