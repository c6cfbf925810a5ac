using System.Globalization;
using Connect.CrashMatrix;

// All cells: dotnet run --project tests/CrashMatrix -c Release
// Some:      dotnet run --project tests/CrashMatrix -c Release -- --cells 300 --seed 1
int Number(string name, int otherwise) =>
    args.SkipWhile(arg => arg != $"--{name}").Skip(1).FirstOrDefault() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

var matrix = await Matrix.Discover(Shape.Embedded);
var cells = Number("cells", 0) is > 0 and var count ? matrix.Some(Number("seed", 1), count) : matrix.All();
await matrix.Play(Shape.Embedded, cells, Number("batch", 500), Console.WriteLine);
Console.WriteLine(Report.Of(matrix));
return matrix.Played.Any(cell => cell.Wrong.Count > 0) ? 1 : 0;
