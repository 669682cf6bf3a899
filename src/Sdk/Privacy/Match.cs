namespace TelemetryKit.Privacy;

/// <summary>A match of a pattern.</summary>
/// <param name="start">Where the match starts.</param>
/// <param name="end">Where the match ends and scrubbing continues.</param>
/// <param name="from">The start of the part to replace.</param>
/// <param name="to">The end of the part to replace.</param>
internal readonly struct Match(int start, int end, int from, int to)
{
    public int Start => start;

    public int End => end;

    public int From => from;

    public int To => to;

    public string Whole(string text) => text.Substring(start, end - start);

    public string Replaced(string text) => text.Substring(from, to - from);
}

/// <summary>An additional condition of a pattern.</summary>
internal delegate bool Check(string text, in Match match);
