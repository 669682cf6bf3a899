namespace TelemetryKit.Privacy;

/// <summary>
/// Matches the simple regexes of the scrubbing rules at a given position: characters, classes, groups, alternatives and greedy
/// quantifiers. A custom engine, because loading the framework's engine and constructing 35 regexes takes longer than a short-lived tool
/// runs. It interprets the regexes of the specification unchanged, so it cannot differ from them. Not thread-safe.
/// </summary>
internal sealed class Matcher
{
    private readonly string _regex;
    private readonly bool _ignoreCase;
    private readonly Node _start;
    private readonly CharacterClass _first = new();
    private int _position;

    // The state of the current match. The scrubber's lock ensures that one thread at a time uses the matcher.
    private string _text = "";
    private int _end;
    private int _groupFrom;
    private int _groupTo;

    public Matcher(string regex, bool ignoreCase)
    {
        _regex = regex;
        _ignoreCase = ignoreCase;
        _start = ParseAlternatives();
        AddFirst(_start);
    }

    /// <summary>Returns whether a match can begin with a character. Rules out most positions cheaply.</summary>
    public bool CanBegin(char c) => _first.Contains(c);

    /// <summary>Matches at a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the match has to begin.</param>
    /// <param name="match">The match, of which group 1 is replaced, or everything if there is no group 1.</param>
    public bool TryMatch(string text, int position, out Match match)
    {
        _text = text;
        _groupFrom = -1;
        var matched = MatchNode(_start, position, null);
        match = new(position, _end, _groupFrom >= 0 ? _groupFrom : position, _groupFrom >= 0 ? _groupTo : _end);
        return matched;
    }

    private bool MatchNode(Node node, int position, Continuation? next) => node switch
    {
        Sequence sequence => MatchSequence(sequence, 0, position, next),
        Alternatives alternatives => MatchAlternatives(alternatives, position, next),
        Repeat repeat => repeat.Inner is CharacterClass set
            ? MatchCharacters(set, repeat, position, next)
            : MatchRepeat(repeat, 0, position, next),
        Group group => MatchGroup(group, position, next),
        _ => throw new InvalidOperationException("Unknown node."),
    };

    private bool MatchSequence(Sequence sequence, int index, int position, Continuation? next) =>
        index == sequence.Items.Count
            ? Continue(position, next)
            : MatchNode(sequence.Items[index], position, new Continuation(at => MatchSequence(sequence, index + 1, at, next)));

    private bool MatchAlternatives(Alternatives alternatives, int position, Continuation? next)
    {
        foreach (var item in alternatives.Items)
        {
            if (MatchNode(item, position, next))
                return true;
        }

        return false;
    }

    private bool MatchCharacters(CharacterClass set, Repeat repeat, int position, Continuation? next)
    {
        var max = Math.Min(repeat.Max, _text.Length - position);
        var count = 0;
        while (count < max && set.Contains(_text[position + count]))
            count++;
        for (; count >= repeat.Min; count--)
        {
            if (Continue(position + count, next))
                return true;
        }

        return false;
    }

    private bool MatchRepeat(Repeat repeat, int count, int position, Continuation? next)
    {
        if (count < repeat.Max
            && MatchNode((Node)repeat.Inner, position, new Continuation(at => at > position && MatchRepeat(repeat, count + 1, at, next))))
            return true;
        return count >= repeat.Min && Continue(position, next);
    }

    private bool MatchGroup(Group group, int position, Continuation? next) => MatchNode(group.Inner, position, new Continuation(at =>
    {
        if (!Continue(at, next))
            return false;
        _groupFrom = position;
        _groupTo = at;
        return true;
    }));

    private bool Continue(int position, Continuation? next)
    {
        if (next is not null)
            return next(position);
        _end = position;
        return true;
    }

    private Node ParseAlternatives()
    {
        var items = new List<Node> { ParseSequence() };
        while (_position < _regex.Length && _regex[_position] == '|')
        {
            _position++;
            items.Add(ParseSequence());
        }

        return items.Count == 1 ? items[0] : new Alternatives(items);
    }

    private Sequence ParseSequence()
    {
        var items = new List<Node>();
        while (_position < _regex.Length && _regex[_position] is not ('|' or ')'))
            items.Add(ParseItem());
        return new(items);
    }

    private Node ParseItem()
    {
        object inner;
        if (_regex[_position] == '(')
        {
            var captures = _regex[_position + 1] != '?';
            _position += captures ? 1 : 3;
            var group = ParseAlternatives();
            _position++;
            inner = captures ? new Group(group) : group;
        }
        else if (_regex[_position] == '[')
        {
            var end = _position + 1;
            while (_regex[end] != ']')
                end += _regex[end] == '\\' ? 2 : 1;
            inner = CharacterClass.Parse(_regex.Substring(_position + 1, end - _position - 1), _ignoreCase);
            _position = end + 1;
        }
        else
        {
            inner = CharacterClass.Of(CharacterClass.ReadCharacter(_regex, ref _position), _ignoreCase);
        }

        var (min, max) = ParseQuantifier();
        return inner is Node node && min == 1 && max == 1 ? node : new Repeat(inner, min, max);
    }

    private (int Min, int Max) ParseQuantifier()
    {
        if (_position == _regex.Length)
            return (1, 1);
        switch (_regex[_position])
        {
            case '?':
                _position++;
                return (0, 1);
            case '*':
                _position++;
                return (0, int.MaxValue);
            case '+':
                _position++;
                return (1, int.MaxValue);
            case '{':
                _position++;
                var min = ParseNumber();
                var max = min;
                if (_regex[_position] == ',')
                {
                    _position++;
                    max = _regex[_position] == '}' ? int.MaxValue : ParseNumber();
                }

                _position++;
                return (min, max);
            default:
                return (1, 1);
        }
    }

    private int ParseNumber()
    {
        var number = 0;
        while (_regex[_position] is >= '0' and <= '9')
            number = number * 10 + (_regex[_position++] - '0');
        return number;
    }

    /// <summary>
    /// Collects the characters that a match can begin with. Returns true if the node can match the empty string, so that the first
    /// characters of the next node count as well.
    /// </summary>
    private bool AddFirst(Node node)
    {
        switch (node)
        {
            case Group group:
                return AddFirst(group.Inner);
            case Repeat { Inner: CharacterClass set } repeat:
                _first.UnionWith(set);
                return repeat.Min == 0;
            case Repeat { Inner: Node inner } repeat:
                return AddFirst(inner) | repeat.Min == 0;
            case Alternatives alternatives:
                var any = false;
                foreach (var item in alternatives.Items)
                    any |= AddFirst(item);
                return any;
            default:
                foreach (var item in ((Sequence)node).Items)
                {
                    if (!AddFirst(item))
                        return false;
                }

                return true;
        }
    }

    private delegate bool Continuation(int position);

    private abstract class Node;

    private sealed class Sequence(List<Node> items) : Node
    {
        public List<Node> Items => items;
    }

    private sealed class Alternatives(List<Node> items) : Node
    {
        public List<Node> Items => items;
    }

    private sealed class Group(Node inner) : Node
    {
        public Node Inner => inner;
    }

    /// <summary>Repeats a node or a character class between <c>min</c> and <c>max</c> times.</summary>
    private sealed class Repeat(object inner, int min, int max) : Node
    {
        public object Inner => inner;

        public int Min => min;

        public int Max => max;
    }
}
