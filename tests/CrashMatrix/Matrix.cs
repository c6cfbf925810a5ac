using System.Diagnostics;
using Connect.Sandbox.Stripe;

namespace Connect.CrashMatrix;

/// <summary>Every point of every flow, times every fault: which cells there are, and playing them.</summary>
public sealed class Matrix
{
    private readonly List<Cell> played = [];

    private Matrix(IReadOnlyDictionary<Flow, IReadOnlyList<string>> points) => Points = points;

    /// <summary>The points of each flow, in order.</summary>
    public IReadOnlyDictionary<Flow, IReadOnlyList<string>> Points { get; }

    /// <summary>What was played.</summary>
    public IReadOnlyList<Cell> Played => played;

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Starts the program once, to learn the points.</summary>
    public static async Task<Matrix> Discover(Func<Shape> shape)
    {
        var clock = Stopwatch.StartNew();
        return new(await Discovery.Run(shape(), Flow.All)) { Took = clock.Elapsed };
    }

    /// <summary>All cells.</summary>
    public List<Cell> All() => [.. KilledAgain(Every()), .. Cuts(_ => true)];

    private IEnumerable<Cell> Every() => from flow in Points.Keys from point in Points[flow] from fault in Fault.All.Prepend(null) select new Cell(flow, point, fault);

    /// <summary>Every step of storage whose answer can be cut, in the flows that are asked for. Cut answers of Stripe are faults.</summary>
    private IEnumerable<Cell> Cuts(Func<Flow, bool> wanted) =>
        from flow in Points.Keys
        where wanted(flow)
        from point in Points[flow].Skip(1)
        where !point.StartsWith("Stripe:", StringComparison.Ordinal)
        from cut in Enum.GetValues<Cut>()
        select new Cell(flow, point, null) { Cut = cut };

    // Every other cell is killed a second time, after 1 to 8 steps of its recovery.
    private static List<Cell> KilledAgain(IEnumerable<Cell> cells) => [.. cells.Select((cell, number) => number % 2 == 0 ? cell : cell with { Again = 1 + (number / 2 % 8) })];

    /// <summary>
    /// Some of the cells, chosen by a seed: every point of every flow, and in the two plain flows every fault as well; then others up to <paramref name="count"/>.
    /// Faults that do not answer cost a second each, so of these only those that must be.
    /// </summary>
    public List<Cell> Some(int seed, int count)
    {
        // Not for secrets: the same seed has to give the same cells.
        var random = new Random(seed);
        var cells = new Dictionary<(Flow, string, Fault?), Cell>();
        foreach (var (flow, points) in Points)
        {
            foreach (var (point, fault) in points.Zip(flow.IsPlain ? points.Select(_ => (Fault?)null) : Shuffled(Fault.All.Where(IsQuick).Prepend(null))))
                Add(new(flow, point, fault));
        }

        foreach (var (flow, points) in Points.Where(flow => flow.Key.IsPlain))
        {
            foreach (var fault in Fault.All)
                Add(new(flow, points[random.Next(points.Count)], fault));
        }

        foreach (var cell in Shuffled(Every().Where(cell => cell.Fault is null || IsQuick(cell.Fault))))
        {
            if (cells.Count >= count)
                break;
            Add(cell);
        }

        return [.. KilledAgain(cells.Values), .. Cuts(flow => flow.IsPlain)];

        void Add(Cell cell) => cells.TryAdd((cell.Flow, cell.Point, cell.Fault), cell);

        T[] Shuffled<T>(IEnumerable<T> items)
        {
            T[] shuffled = [.. items];
            random.Shuffle(shuffled);
            return shuffled;
        }

        static bool IsQuick(Fault fault) => fault.Kind != StripeFaultKind.Hang;
    }

    /// <summary>Plays cells, so many on one program at a time.</summary>
    public async Task Play(Func<Shape> shape, IReadOnlyList<Cell> cells, int batch, Action<string>? say = null)
    {
        var clock = Stopwatch.StartNew();
        foreach (var part in cells.GroupBy(cell => cell.Cut is null).SelectMany(kind => kind.Chunk(batch)))
        {
            await Batch.Run(shape(), part);
            played.AddRange(part);
            say?.Invoke($"{played.Count} of {cells.Count} cells, {played.Count(cell => cell.Wrong.Count > 0)} wrong, {(Took + clock.Elapsed).TotalSeconds:F0} s");
        }

        Took += clock.Elapsed;
    }
}
