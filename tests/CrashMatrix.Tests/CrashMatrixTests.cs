using Connect.CrashMatrix.Sending;
using Xunit.Abstractions;

namespace Connect.CrashMatrix.Tests;

/// <summary>A part of the crash matrix that covers every point and every fault; all of it is a command of its own.</summary>
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    private const int Seed = 1;

    [Fact]
    public async Task Killed_at_any_step_and_struck_by_any_fault_every_purchase_is_charged_and_credited_once()
    {
        var matrix = await Matrix.Discover(Shape.Embedded);
        var cells = matrix.Some(Seed, count: 0);
        Assert.All(matrix.Points, flow => Assert.All(flow.Value, point => Assert.Contains(cells, cell => cell.Flow == flow.Key && cell.Point == point)));
        Assert.All(Fault.All, fault => Assert.All([false, true], automatic => Assert.Contains(cells, cell => cell.Flow.Automatic == automatic && cell.Fault == fault)));

        await matrix.Play(Shape.Embedded, cells, batch: cells.Count);
        Print(Report.Of(matrix));

        Assert.Empty(cells.Where(cell => cell.Wrong.Count > 0).Select(cell => $"{cell.Name}: {string.Join("; ", cell.Wrong)}"));
        // A kill that never comes where it should would prove nothing.
        Assert.InRange(cells.Count(cell => cell.AtItsPoint), cells.Count * 9 / 10, cells.Count);
    }

    [Fact]
    public async Task Killed_at_any_step_of_a_send_nobody_receives_a_message_twice_and_no_credit_is_lost()
    {
        var matrix = await SendMatrix.Discover(Shape.Embedded);
        var cells = matrix.Some();

        await matrix.Play(Shape.Embedded, cells, batch: 100);
        Print(matrix.Report());

        Assert.Empty(cells.Where(cell => cell.Wrong.Count > 0).Select(cell => $"{cell.Name}: {string.Join("; ", cell.Wrong)}"));
        Assert.InRange(cells.Count(cell => cell.AtItsPoint), cells.Count * 7 / 10, cells.Count);
    }

    private void Print(string report)
    {
        output.WriteLine(report);
        if (Environment.GetEnvironmentVariable("REPORT") is { Length: > 0 } file)
            File.AppendAllText(file, report);
    }
}
