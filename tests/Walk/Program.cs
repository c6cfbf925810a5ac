using Connect.Testing;

try
{
    if (args is ["--great", ..])
        await new GreatCampaign(Console.WriteLine, Number(1, 1_000_000), Number(2, 3)).Run();
    else
        await new Walk(Console.WriteLine, kills: args.Contains("--kill")).Run();
    return 0;
}
catch (Exception error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}

int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
