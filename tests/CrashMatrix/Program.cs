using System.Globalization;
using Connect.CrashMatrix;
using Connect.CrashMatrix.Sending;
using Connect.Testing;

// See crash-matrix.sh beside the solution.
using var server = args.Contains("--postgres") ? PostgresServer.Start() : null;
Func<Shape> shape = server is null ? Shape.Embedded : () => Shape.Clustered(server);
if (args.Contains("--sending"))
{
    var sending = await SendMatrix.Discover(shape);
    var sends = sending.All();
    if (Text("cell") is { } part)
        sends = [.. sends.Where(cell => cell.Name.Contains(part, StringComparison.Ordinal))];
    await sending.Play(shape, sends, Number("batch", 100), Console.Error.WriteLine);
    Console.WriteLine(sending.Report());
    return sending.Played.Any(cell => cell.Wrong.Count > 0) ? 1 : 0;
}

var matrix = await Matrix.Discover(shape);
var cells = Number("cells", 0) is > 0 and var count ? matrix.Some(Number("seed", 1), count) : matrix.All();
if (Text("cell") is { } wanted)
    cells = [.. cells.Where(cell => cell.Name.Contains(wanted, StringComparison.Ordinal))];
await matrix.Play(shape, cells, Number("batch", 400), Console.Error.WriteLine);
Console.WriteLine(Report.Of(matrix));
return matrix.Played.Any(cell => cell.Wrong.Count > 0) ? 1 : 0;

int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

string? Text(string name) => args.SkipWhile(arg => arg != $"--{name}").Skip(1).FirstOrDefault();
