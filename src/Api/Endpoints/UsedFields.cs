namespace Connect.Api.Endpoints;

/// <summary>
/// Tells which columns of a list a text may use: those named behind a brace, without regard to case. It may tell too many, never too few, so what it leaves out is not missed:
/// lists come with dozens of columns, and nobody wants a row skipped for a long remark.
/// </summary>
/// <param name="text">The campaign's text.</param>
internal sealed class UsedFields(string text)
{
    private readonly Dictionary<string, bool> _known = [];

    /// <summary>Whether the text may use a field.</summary>
    public bool Contains(string name)
    {
        if (name.Length is 0 or > RecipientRequest.MaxNameLength)
            return false;
        if (_known.TryGetValue(name, out var used))
            return used;
        used = text.Contains("{" + name, StringComparison.OrdinalIgnoreCase);
        // Rows of a list have the same few fields; those of a hostile one may not.
        if (_known.Count < 1_000)
            _known.Add(name, used);
        return used;
    }
}
