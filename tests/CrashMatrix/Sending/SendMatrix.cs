using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Connect.CrashMatrix.Sending;

/// <summary>Every point of every way to send: which cells there are, playing them, and the matrix as text.</summary>
public sealed class SendMatrix
{
    // The hand-overs of a campaign are a thousand steps of one kind.
    private const int EachHandOver = 97;
    private const int Margin = 52;
    private static readonly int[] s_again = [1, 2, 3, 5, 8, 13, 60, 300];

    private readonly List<SendCell> played = [];

    private SendMatrix(IReadOnlyDictionary<SendFlow, IReadOnlyList<string>> points) => Points = points;

    /// <summary>The points of each flow, in order.</summary>
    public IReadOnlyDictionary<SendFlow, IReadOnlyList<string>> Points { get; }

    /// <summary>What was played.</summary>
    public IReadOnlyList<SendCell> Played => played;

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Starts the program once and lets each flow run, to learn the points.</summary>
    public static async Task<SendMatrix> Discover(Func<Shape> shape)
    {
        var clock = Stopwatch.StartNew();
        var (stage, senders) = await SendBatch.Open(shape(), [.. SendFlow.All.Select(flow => new SendCell(flow, Discovery.Nothing))]);
        using var _ = stage;
        await stage.Arm(senders.Select(sender => new { account = sender.Account }));
        foreach (var sender in senders)
            sender.Send();
        if (!await Stage.Until(TimeSpan.FromSeconds(60), async () => senders.TrueForAll(sender => sender.IsAnswered) && senders.TrueForAll((await SentBooks.Read(stage.Open())).HasEnded)))
            throw new TimeoutException("The sends without any crash did not end.");
        // The last step, the reminder that goes, follows the end.
        await stage.Advance(TimeSpan.FromSeconds(61));
        var steps = await stage.Steps();
        return new(senders.ToDictionary(sender => sender.Cell.Flow, sender => (IReadOnlyList<string>)[Discovery.Nothing, .. Chosen(steps[sender.Account])])) { Took = clock.Elapsed };
    }

    /// <summary>All cells: killed at each point, killed again in the recovery of each, and each step failing.</summary>
    public List<SendCell> All() =>
    [
        .. Killed(),
        .. Killed().Select((cell, number) => cell with { Again = s_again[number % s_again.Length] }),
        .. from cell in Killed() where cell.Point != Discovery.Nothing from cut in Enum.GetValues<Cut>() select cell with { Cut = cut },
    ];

    /// <summary>A part: every point of every flow, every other one killed again in its recovery.</summary>
    public List<SendCell> Some() => [.. Killed().Select((cell, number) => number % 2 == 0 ? cell : cell with { Again = s_again[number / 2 % s_again.Length] })];

    /// <summary>Plays cells, so many on one program at a time.</summary>
    public async Task Play(Func<Shape> shape, IReadOnlyList<SendCell> cells, int batch, Action<string>? say = null)
    {
        var clock = Stopwatch.StartNew();
        foreach (var part in cells.GroupBy(cell => cell.Cut is null).SelectMany(kind => kind.Chunk(batch)))
        {
            await SendBatch.Run(shape(), part);
            played.AddRange(part);
            say?.Invoke($"{played.Count} of {cells.Count} cells, {played.Count(cell => cell.Wrong.Count > 0)} wrong, {(Took + clock.Elapsed).TotalSeconds:F0} s");
        }

        Took += clock.Elapsed;
    }

    /// <summary>The matrix as text.</summary>
    public string Report()
    {
        var text = new StringBuilder();
        text.AppendLine("The process is killed after the step of the row: once; again in its recovery. In the last two columns it is not killed, but the step fails once.");
        text.AppendLine(".  came there, and all is well     -  it ended before that step, and all is well     X  wrong     (blank)  not played");
        foreach (var (flow, points) in Points)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"== {flow.Name}");
            foreach (var point in points)
            {
                var cells = played.Where(cell => cell.Flow == flow && cell.Point == point).ToList();
                text.Append(point.PadRight(Margin)).Append(Mark(cells.Find(cell => cell is { Cut: null, Again: null }))).Append(Mark(cells.Find(cell => cell.Again is not null)))
                    .Append("  ").Append(Mark(cells.Find(cell => cell.Cut == Cut.Before))).Append(Mark(cells.Find(cell => cell.Cut == Cut.After))).AppendLine();
            }
        }

        var wrong = played.Where(cell => cell.Wrong.Count > 0).ToList();
        text.AppendLine().AppendLine(string.Join(Environment.NewLine, wrong.Select(cell => $"X {cell.Name}: {string.Join("; ", cell.Wrong.Distinct())}")));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{played.Count} cells of {All().Count}: {played.Count - wrong.Count} well ({played.Count(cell => cell.AtItsPoint)} came to their point, {played.Count(cell => cell.KilledAgain)} once more in their recovery), {wrong.Count} wrong; {played.Sum(cell => (long)cell.Flow.Rows):N0} recipients, {played.Sum(cell => cell.InDoubt):N0} in doubt, nobody twice unless told above; {Took.TotalSeconds:F0} s");
        return text.ToString();
    }

    private IEnumerable<SendCell> Killed() => from flow in Points.Keys from point in Points[flow] select new SendCell(flow, point);

    // How many saves the reports of deliveries take depends on how they happen to come together: of those after the end one of a kind is enough.
    private static IEnumerable<string> Chosen(string[] steps)
    {
        var (handOvers, end) = (0, Array.FindLastIndex(steps, step => step.StartsWith("save campaign", StringComparison.Ordinal) && !step.StartsWith("save campaign-", StringComparison.Ordinal)));
        var kinds = new HashSet<string>();
        for (var at = 0; at < steps.Length; at++)
        {
            var kind = steps[at].Split(" (")[0];
            var first = kinds.Add(kind);
            if (kind == "hand over" ? handOvers++ % EachHandOver == 0 : at <= end || end < 0 || first)
                yield return steps[at];
        }
    }

    private static char Mark(SendCell? cell) => cell switch
    {
        null => ' ',
        { Wrong.Count: > 0 } => 'X',
        { AtItsPoint: true } => '.',
        _ => '-',
    };
}
