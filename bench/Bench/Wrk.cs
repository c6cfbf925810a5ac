using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Connect.Testing;

namespace Connect.Bench;

/// <summary>The yardstick of section k: wrk, one thread, handing the same message to Kannel for another number each time.</summary>
public static partial class Wrk
{
    private const string Program = "/usr/bin/wrk";

    /// <summary>Runs it for a while; messages that Kannel accepted per second. Throws when it refused any.</summary>
    public static async Task<double> Run(Uri kannel, string sender, string text, string reports, int connections, TimeSpan duration)
    {
        if (!File.Exists(Program))
            throw new InvalidOperationException("Section k needs wrk: apt-get install -y wrk");
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, $$"""
                local sent = 0
                function request()
                  sent = sent + 1
                  return wrk.format("POST", nil, {
                    ["Content-Type"] = "text/plain; charset=UTF-8", ["X-Kannel-Username"] = "{{KannelServer.User}}", ["X-Kannel-Password"] = "{{KannelServer.Password}}",
                    ["X-Kannel-From"] = "{{sender}}", ["X-Kannel-To"] = string.format("+613%08d", sent), ["X-Kannel-Coding"] = "0", ["X-Kannel-DLR-Mask"] = "31",
                    ["X-Kannel-DLR-URL"] = "{{reports}}/gateways/kannel/delivery?m=" .. string.rep("x", 60) .. "&t=%d&r=%A" }, "{{text}}")
                end
                """);
            string[] arguments = ["-t1", $"-c{connections}", $"-d{(int)duration.TotalSeconds}s", "-s", script, kannel.ToString()];
            using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 && !output.Contains("Non-2xx", StringComparison.Ordinal) && Rate().Match(output) is { Success: true } match
                ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"wrk failed: {output} {await errors}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();
}
