using System.Diagnostics;
using System.Globalization;
using Connect.Simulation;

// Plays seeds and prints what was found: [--seeds 100000] [--from 1] [--sabotage <rule>], or one of them told in full: --trace <seed>.
var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
ulong Number(string name, ulong otherwise) => options.TryGetValue(name, out var text) ? ulong.Parse(text, CultureInfo.InvariantCulture) : otherwise;
var sabotage = options.TryGetValue("--sabotage", out var rule) ? Enum.Parse<Sabotage>(rule) : Sabotage.None;

if (options.ContainsKey("--trace"))
{
    var told = Story.Play(Number("--trace", 1), sabotage, traced: true);
    foreach (var line in told.Trace!) Console.WriteLine(line);
    foreach (var finding in told.Findings) Console.WriteLine($"FOUND: {finding}");
    Console.WriteLine($"seed {told.Seed}: {told.Events} events, {told.Charges} charges, {told.Findings.Count} findings");
    return told.Findings.Count == 0 ? 0 : 1;
}

var clock = Stopwatch.StartNew();
var played = Seeds.Play(Number("--from", 1), (int)Number("--seeds", 100_000), sabotage);
foreach (var bad in played.Bad.Take(20)) Console.WriteLine($"seed {bad.Seed}: {string.Join("; ", bad.Findings.Take(3))}");
Console.WriteLine(
    $"{played.Count:N0} seeds, {played.Events:N0} events (at most {played.Longest:N0} in one), {played.Charges:N0} charges, {played.Bad.Count:N0} seeds with findings, "
    + $"{clock.Elapsed.TotalSeconds:N1} s, {played.Count / clock.Elapsed.TotalMinutes:N0} runs a minute");
return played.Bad.Count == 0 ? 0 : 1;
