using System.Collections.Immutable;
using System.Text;

namespace Connect.Grains.Messaging;

/// <summary>
/// A text with places: <c>{firstName}</c> is replaced by the recipient's field, <c>{firstName|there}</c> by "there" when the field is missing or empty.
/// A field name is a letter or underscore and then letters, digits, underscores or hyphens, at most <see cref="MaxFieldName"/> in all and without regard to case.
/// Braces around anything else are ordinary characters.
/// </summary>
public sealed class TextTemplate
{
    /// <summary>Longest text with places, in characters. Longer than any text of three parts, since places may be longer than what they stand for.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Longest field name, in characters.</summary>
    public const int MaxFieldName = 50;

    private readonly List<Segment> _segments = [];
    private readonly List<string> _fields = [];

    /// <summary>Reads a text. Every text is valid.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fields">Fields whose values come first, whether the text uses them or not; none when left out.</param>
    public TextTemplate(string text, ImmutableArray<string>? fields = null)
    {
        Text = text;
        if (fields is { } first)
            _fields.AddRange(first);
        var literal = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '{')
                continue;
            var (field, fallback, end) = Place(text, at);
            if (field is null)
                continue;
            if (at > literal)
                _segments.Add(new(-1, text[literal..at]));
            _segments.Add(new(IndexOf(field), fallback));
            literal = end;
            at = end - 1;
        }

        if (literal < text.Length)
            _segments.Add(new(-1, text[literal..]));
        Literals = _fields.Count == 0 ? text : string.Concat(_segments.Where(segment => segment.Field < 0).Select(segment => segment.Text));
    }

    /// <summary>The text as written.</summary>
    public string Text { get; }

    /// <summary>The text without its places: every rendering contains at least this.</summary>
    public string Literals { get; }

    /// <summary>The fields it was given, and then the others that it uses in order of appearance. Empty: every recipient gets <see cref="Text"/>.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>The text for one recipient; <paramref name="values"/> holds the values of <see cref="Fields"/> in their order, null or empty when missing.</summary>
    public string Render(ReadOnlySpan<string?> values)
    {
        if (_fields.Count == 0)
            return Text;
        var text = new StringBuilder(Text.Length + 32);
        foreach (var segment in _segments)
        {
            var value = segment.Field < 0 || segment.Field >= values.Length ? null : values[segment.Field];
            text.Append(string.IsNullOrEmpty(value) ? segment.Text : value);
        }

        return text.ToString();
    }

    /// <summary>The values of <see cref="Fields"/> out of a recipient's fields, in their order; null when the text has no places.</summary>
    public string?[]? Values(IReadOnlyDictionary<string, string> fields)
    {
        if (_fields.Count == 0)
            return null;
        var values = new string?[_fields.Count];
        for (var at = 0; at < values.Length; at++)
        {
            if (fields.TryGetValue(_fields[at], out var exact))
                values[at] = exact;
            else
                values[at] = fields.FirstOrDefault(field => string.Equals(field.Key, _fields[at], StringComparison.OrdinalIgnoreCase)).Value;
        }

        return values;
    }

    private int IndexOf(string field)
    {
        var index = _fields.FindIndex(known => string.Equals(known, field, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
            return index;
        _fields.Add(field);
        return _fields.Count - 1;
    }

    private static (string? Field, string Fallback, int End) Place(string text, int open)
    {
        var close = text.AsSpan(open + 1).IndexOfAny('}', '{') + open + 1;
        if (close <= open || text[close] != '}')
            return (null, "", 0);
        var inside = text.AsSpan(open + 1, close - open - 1);
        var bar = inside.IndexOf('|');
        var name = bar < 0 ? inside : inside[..bar];
        return IsName(name) ? (name.ToString(), bar < 0 ? "" : inside[(bar + 1)..].ToString(), close + 1) : (null, "", 0);
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxFieldName || !(char.IsAsciiLetter(name[0]) || name[0] == '_'))
            return false;
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-'))
                return false;
        }

        return true;
    }

    // Field: index into Fields, or -1 for a literal. Text: the literal, or what stands for a missing field.
    private readonly record struct Segment(int Field, string Text);
}
