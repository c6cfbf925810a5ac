using Connect.Api.Application;

namespace Connect.Api.Components;

/// <summary>Rows of a list that can not be read: how many, and the first of them in words.</summary>
internal sealed class UnreadableRows(string source)
{
    /// <summary>Most rows that are named.</summary>
    public const int Most = 20;

    private readonly List<string> _first = [];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them, such as "guests.csv, line 7 has another number of columns than the header line".</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Takes note of a line, if it can not be read.</summary>
    public void Add(RecipientLine line)
    {
        if (line.Recipient.Problem is not { } problem)
            return;
        Count++;
        if (_first.Count < Most)
            _first.Add($"{source}, line {Shown.Number(line.Line)} {problem.Words()}");
    }
}
